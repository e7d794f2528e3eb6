"""The bodies of deliveries as they came: shown in the delivery log, and read again when somebody asks for it."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

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


def pack(payload: Kept) -> dict[str, Any]:
    """A body as its row has it: to be made before the transaction, which holds up every other writer."""
    body = zlib.compress(payload.body, LEVEL)
    return {"body": body, "content_type": payload.content_type[:128], "headers": payload.headers}


def keep_payload(session: Session, delivery_id: int, packed: Mapping[str, Any], now: datetime) -> None:
    """Keeps a delivery's body, as ``pack`` made it."""
    session.connection().execute(_KEEP, {**packed, "delivery_id": delivery_id, "kept_at": now})


def find_payload(session: Session, delivery_id: int) -> Kept | None:
    """A delivery's body; None when it was never kept or has been forgotten."""
    row = session.get(Payload, delivery_id)
    return None if row is None else Kept(zlib.decompress(row.body), row.content_type, dict(row.headers))
