"""Sources: where articles come from, and the secrets their calls are signed with."""

import base64
import binascii
import re
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.errors import TakenError, UnknownError, WeakSecretError
from reports.models import Source

MIN_SECRET = 16  # bytes; Standard Webhooks asks for 24 to 64, older senders have 16
API_SOURCE = "api"  # the source of what is handed in by the API
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def new_secret() -> str:
    """A Standard Webhooks secret: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def create_source(
    session: Session,
    name: str,
    now: datetime,
    *,
    kind: str = "standard",
    secret: str | None = None,
    language: str | None = None,
    desk: str | None = None,
) -> Source:
    """A new source; without a ``secret`` one is made. Raises TakenError, WeakSecretError, UnknownError (a bad name)."""
    if not NAME.fullmatch(name):
        raise UnknownError(f"{name!r} is no source name: lower-case letters, digits and hyphens, at most 63.")
    if find_source(session, name) is not None:
        raise TakenError(f"There is a source {name!r} already; `copydesk source list` shows them.")
    secret = new_secret() if secret is None else secret
    _check(secret)
    source = Source(name=name, kind=kind, secret_current=secret, language=language, desk=desk, created_at=now)
    session.add(source)
    session.flush()
    return source


def find_source(session: Session, name: str) -> Source | None:
    """The source of that name."""
    return session.scalars(select(Source).where(Source.name == name)).first()


def api_source(session: Session, now: datetime) -> Source:
    """The source of what the API hands in, made when it is first needed; it has no webhook and no secret."""
    source = find_source(session, API_SOURCE)
    if source is None:
        source = Source(name=API_SOURCE, kind="api", created_at=now)
        session.add(source)
        session.flush()
    return source


def list_sources(session: Session) -> list[Source]:
    """Every source, by name."""
    return list(session.scalars(select(Source).order_by(Source.name)))


def _check(secret: str) -> None:
    try:
        size = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except (binascii.Error, ValueError) as error:
        raise WeakSecretError("The secret must be whsec_ and base64; leave it out and one is made.") from error
    if size < MIN_SECRET:
        raise WeakSecretError(f"The secret has {size} bytes; it needs {MIN_SECRET}. Leave it out and one is made.")
