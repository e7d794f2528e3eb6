"""Callbacks: where a source's CMS is told, added and removed by a person, with the log of what was sent."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from reports.errors import BadCallbackError, UnknownError
from reports.models import Attempt, Callback, Message, Source
from reports.sources import check_standard, get_source, new_secret

MAX_URL = 2_000  # characters; what every proxy takes


def add_callback(session: Session, source_name: str, url: str, now: datetime, *, secret: str | None = None) -> Callback:
    """A new callback; without a ``secret`` one is made. Raises UnknownError (no such source), BadCallbackError."""
    source = get_source(session, source_name)
    _check(url)
    if secret is not None:
        check_standard(secret)
    made = Callback(source_id=source.id, url=url, secret=secret or new_secret(), created_at=now)
    session.add(made)
    session.flush()
    return made


def list_callbacks(session: Session, source: Source | None = None) -> list[tuple[Callback, str, int, int]]:
    """Every callback, or those of one source, with the source's name, and how many messages wait and were given up."""
    waiting = func.count(Message.id).filter(Message.state == "waiting")
    given_up = func.count(Message.id).filter(Message.state == "given-up")
    rows = session.execute(
        select(Callback, Source.name, waiting, given_up)
        .join(Source, Source.id == Callback.source_id)
        .outerjoin(Message, Message.callback_id == Callback.id)
        .where(Callback.source_id == source.id if source else true())
        .group_by(Callback.id, Source.name)
        .order_by(Source.name, Callback.id)
    )
    return [(callback, name, wait, gone) for callback, name, wait, gone in rows]


def remove_callback(session: Session, callback_id: int, now: datetime) -> None:
    """Ends a callback; what waits for it is not sent any more. Raises UnknownError."""
    callback = session.get(Callback, callback_id)
    if callback is None:
        raise UnknownError(f"There is no callback {callback_id}; `copydesk callback list` shows them.")
    callback.ended_at = callback.ended_at or now


def find_callback(session: Session, source: Source, callback_id: int) -> Callback:
    """A callback of a source. Raises UnknownError."""
    callback = session.get(Callback, callback_id)
    if callback is None or callback.source_id != source.id:
        raise UnknownError(f"{source.name} has no callback {callback_id}.")
    return callback


def log_of(session: Session, callback_id: int, limit: int, *, before: int | None = None) -> list[tuple[Message, Attempt | None]]:
    """The newest messages of a callback, or those before one, each with every try, the newest first. Raises UnknownError."""
    if session.get(Callback, callback_id) is None:
        raise UnknownError(f"There is no callback {callback_id}; `copydesk callback list` shows them.")
    newest = select(Message.id).where(Message.callback_id == callback_id).order_by(Message.id.desc()).limit(limit)
    if before is not None:
        newest = newest.where(Message.id < before)
    rows = session.execute(
        select(Message, Attempt)
        .outerjoin(Attempt, Attempt.message_id == Message.id)
        .where(Message.id.in_(newest))
        .order_by(Message.id.desc(), Attempt.id.desc())
    )
    return [(message, attempt) for message, attempt in rows]


def redeliver(session: Session, message_id: int, now: datetime) -> None:
    """Sends a message once more, with all its tries before it. Raises UnknownError, also where its callback has ended."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise UnknownError(f"There is no message {message_id}; `copydesk callback log` shows them.")
    if session.get_one(Callback, message.callback_id).ended_at is not None:
        raise UnknownError(f"The callback of message {message_id} has ended; add it anew.")
    message.state, message.attempts, message.next_at = "waiting", 0, now


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadCallbackError(f"This is no address: {error}.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise BadCallbackError("A callback is an address like https://cms.example/hooks/copydesk.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadCallbackError("A callback's address has no password and no #; calls are signed instead.")
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BadCallbackError(f"A callback's address is at most {MAX_URL} ASCII characters, without spaces.")
