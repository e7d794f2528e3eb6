"""Answers that were given under an idempotency key, kept for a day so that the same call again gets the same answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reports.database import insert_new
from reports.models import Reply

KEPT_FOR = timedelta(days=1)  # senders repeat a call within minutes or hours, not later
STALE = timedelta(seconds=60)  # a call that is not answered by then died; no call takes half as long


@dataclass(frozen=True)
class Known:
    """What is kept of a key: the call it came with, and its answer, None while that is being made."""

    asked: str
    status: int | None
    content_type: str | None
    answer: bytes | None


def reserve(session: Session, token_id: int, key: str, asked: str, now: datetime) -> Known | None:
    """Takes a key for a call; None when it is this call's to answer, else what is known of the one before."""
    gone = (Reply.at < now - KEPT_FOR) | (Reply.answer.is_(None) & (Reply.at < now - STALE))
    session.execute(delete(Reply).where(Reply.token_id == token_id, Reply.key == key, gone))
    values = {"token_id": token_id, "key": key, "asked": asked, "at": now}
    if insert_new(session, Reply, values, ("token_id", "key")) is not None:
        return None
    known = session.scalars(select(Reply).where(Reply.token_id == token_id, Reply.key == key)).one()
    return Known(known.asked, known.status, known.content_type, known.answer)


def keep(session: Session, token_id: int, key: str, status: int, content_type: str, answer: bytes) -> None:
    """Keeps the answer of a call."""
    mine = update(Reply).where(Reply.token_id == token_id, Reply.key == key)
    session.execute(mine.values(status=status, content_type=content_type, answer=answer))


def release(session: Session, token_id: int, key: str) -> None:
    """Gives a key back whose call failed."""
    session.execute(delete(Reply).where(Reply.token_id == token_id, Reply.key == key, Reply.answer.is_(None)))


def forget(session: Session, now: datetime) -> None:
    """Removes the answers that are too old to be asked for again."""
    session.execute(delete(Reply).where(Reply.at < now - KEPT_FOR))
