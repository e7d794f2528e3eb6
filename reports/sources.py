"""Sources: where articles come from, the secrets their calls are signed with, and what is run on what they send."""

import base64
import binascii
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from reports.errors import BadSourceError, TakenError, UnknownError, WeakSecretError
from reports.models import Source
from rules.core import catalogue

MIN_SECRET = 16  # bytes; Standard Webhooks asks for 24 to 64, older senders have 16
MAX_SECRET = 512  # characters, as the column has them
STANDARD = "standard"
PUBLIC_KEY, KEY_SIZE = "whpk_", 32  # of Standard Webhooks' v1a: an ed25519 key, in bytes
API_SOURCE = "api"  # the source of what is handed in by the API
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAMED = select(Source).where(Source.name == bindparam("name"), Source.removed_at.is_(None))  # made once: every call asks


def new_secret() -> str:
    """A Standard Webhooks secret: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def create_source(
    session: Session,
    name: str,
    now: datetime,
    *,
    kind: str = STANDARD,
    secret: str | None = None,
    language: str | None = None,
    desk: str | None = None,
    origin: str | None = None,
    options: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
) -> Source:
    """A new source; without a ``secret`` one is made. Raises TakenError, WeakSecretError, UnknownError (a bad name).

    ``origin``: where its pages may be fetched from, several with spaces. ``rules``: ``select`` and ``ignore``, by name.
    """
    if not NAME.fullmatch(name):
        raise UnknownError(f"{name!r} is no source name: lower-case letters, digits and hyphens, at most 63.")
    if session.scalar(select(Source.id).where(Source.name == name)) is not None:
        raise TakenError(f"There is a source {name!r} already.")
    secret = new_secret() if secret is None else secret
    check_secret(kind, secret)
    source = Source(
        name=name,
        kind=kind,
        secret_current=secret,
        language=language,
        desk=desk,
        origin=check_origins(origin),
        options=options or {},
        rules=check_rules(rules or {}),
        created_at=now,
    )
    session.add(source)
    session.flush()
    return source


def find_source(session: Session, name: str) -> Source | None:
    """The source of that name, unless it was removed."""
    return session.scalars(_NAMED, {"name": name}).first()


def get_source(session: Session, name: str) -> Source:
    """The source of that name. Raises UnknownError."""
    found = find_source(session, name)
    if found is None:
        raise UnknownError(f"There is no source {name!r}; `copydesk source list` shows them.")
    return found


def api_source(session: Session, now: datetime) -> Source:
    """The source of what the API hands in, made when it is first needed; it has no webhook and no secret."""
    source = find_source(session, API_SOURCE)
    if source is None:
        source = Source(name=API_SOURCE, kind="api", created_at=now)
        session.add(source)
        session.flush()
    return source


def list_sources(session: Session) -> list[Source]:
    """Every source that was not removed, by name."""
    return list(session.scalars(select(Source).where(Source.removed_at.is_(None)).order_by(Source.name)))


def secrets_of(source: Source) -> tuple[str, ...]:
    """The secrets that are good now: one, or two while they are being changed."""
    return tuple(secret for secret in (source.secret_current, source.secret_next) if secret)


def begin_rotation(source: Source, secret: str) -> None:
    """Lets a second secret be good beside the current one. Raises WeakSecretError; TakenError when one is already."""
    if source.secret_next:
        raise TakenError("A rotation is under way: finish it or take it back first.")
    check_secret(source.kind, secret)
    source.secret_next = secret


def finish_rotation(source: Source) -> None:
    """From now on only the new secret is good. Raises UnknownError when there is none."""
    if not source.secret_next:
        raise UnknownError("No rotation is under way.")
    source.secret_current, source.secret_next = source.secret_next, None


def cancel_rotation(source: Source) -> None:
    """Takes the new secret back. Raises UnknownError when there is none."""
    if not source.secret_next:
        raise UnknownError("No rotation is under way.")
    source.secret_next = None


def remove_source(source: Source, now: datetime) -> None:
    """Closes the webhook and forgets the secrets. Articles, reports and findings stay, and the name stays taken."""
    source.removed_at, source.reconcile_at = now, None
    source.secret_current = source.secret_next = None


def claim_reconciles(session: Session, now: datetime) -> list[int]:
    """The sources whose next look has come, each given to one caller only; their following look is set."""
    due = session.scalars(select(Source).where(Source.reconcile_at <= now, Source.removed_at.is_(None))).all()
    claimed = []
    for source in due:
        following = now + timedelta(minutes=int(source.options.get("reconcile_minutes", 60)))
        still = update(Source).where(Source.id == source.id, Source.reconcile_at == source.reconcile_at)
        if session.execute(still.values(reconcile_at=following)).rowcount:  # type: ignore[attr-defined]
            claimed.append(source.id)
    return claimed


def bring_forward(session: Session, source_ids: Sequence[int], now: datetime) -> None:
    """Makes the next look at these sources due now, where one is due at all."""
    later = update(Source).where(Source.id.in_(source_ids), Source.reconcile_at > now)
    session.execute(later.values(reconcile_at=now))


def check_secret(kind: str, secret: str) -> None:
    """Raises WeakSecretError for a secret that would protect nothing."""
    if kind == STANDARD and secret.startswith(PUBLIC_KEY):
        _check_public_key(secret)
    elif kind == STANDARD:
        check_standard(secret)
    elif len(secret.encode()) < MIN_SECRET:
        raise WeakSecretError(
            f"The secret has {len(secret.encode())} bytes; it needs {MIN_SECRET}. Leave it out and one is made."
        )
    if len(secret) > MAX_SECRET:
        raise WeakSecretError(f"The secret has {len(secret)} characters; {MAX_SECRET} is the most.")


def check_origins(origin: str | None) -> str | None:
    """The origins as they are kept: ``https://host`` or ``https://host:port``, nothing after. Raises BadSourceError."""
    origins = [_origin(item) for item in (origin or "").split()]
    return " ".join(dict.fromkeys(origins)) or None


def check_rules(rules: dict[str, Any]) -> dict[str, list[str]]:
    """The rule selection by present names. Raises what the catalogue says of a name that is none."""
    return {key: [catalogue.find(name).name for name in rules[key]] for key in ("select", "ignore") if rules.get(key)}


def _check_public_key(key: str) -> None:
    try:
        size = len(base64.b64decode(key.removeprefix(PUBLIC_KEY), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != KEY_SIZE:
        raise WeakSecretError(f"A sender's public key is {PUBLIC_KEY} and base64 of {KEY_SIZE} bytes (ed25519).")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.username or parts.path.strip("/"):
        raise BadSourceError(f"{text!r} is no origin; write it like https://www.northgate.example")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def check_standard(secret: str) -> None:
    """Raises WeakSecretError for what is no Standard Webhooks secret, to sign and to check with."""
    try:
        size = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except (binascii.Error, ValueError) as error:
        raise WeakSecretError("The secret must be whsec_ and base64; leave it out and one is made.") from error
    if size < MIN_SECRET:
        raise WeakSecretError(f"The secret has {size} bytes; it needs {MIN_SECRET}. Leave it out and one is made.")
