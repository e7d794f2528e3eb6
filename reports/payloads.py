"""The bodies of deliveries as they came: shown in the delivery log, and read again when somebody asks for it."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reports.models import Payload

KEPT_FOR = timedelta(days=30)  # unless the source says otherwise: long enough to look into a complaint; the revisions stay
_KEEP = insert(Payload)
LEVEL = 1  # of zlib: a sender waits for it, and more packs news text hardly smaller


@dataclass(frozen=True)
class Kept:
    """A body with what is needed to read it again: its type, and the headers that its kind reads."""

    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def keep_payload(session: Session, delivery_id: int, payload: Kept, now: datetime) -> None:
    """Keeps a delivery's body, packed."""
    body = zlib.compress(payload.body, LEVEL)
    content_type = payload.content_type[:128]
    values = {"delivery_id": delivery_id, "body": body, "content_type": content_type, "headers": payload.headers, "kept_at": now}
    session.connection().execute(_KEEP, values)


def find_payload(session: Session, delivery_id: int) -> Kept | None:
    """A delivery's body; None when it was never kept or has been forgotten."""
    row = session.get(Payload, delivery_id)
    return None if row is None else Kept(zlib.decompress(row.body), row.content_type, dict(row.headers))
