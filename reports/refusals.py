"""Webhook calls that were turned away, or understood and of no concern: the last ones of each source, without bodies."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from reports.models import Refusal

KEPT = 100  # a source; enough to see a pattern, too few to fill a disk
IGNORED = 200  # the answer to an event that is of no concern here; a CMS must not take it for a fault


def keep_refusal(
    session: Session, source_name: str, reason: str, headers: list[str], now: datetime, *, status: int = 401
) -> None:
    """Keeps time, source, reason and header names of a refused call, and forgets what is older than the last ``KEPT``.

    The events that were answered 200 are counted apart, so that a chatty CMS does not push out what went wrong.
    """
    names = [name[:100] for name in headers[:50]]
    session.add(Refusal(source_name=source_name[:64], refused_at=now, reason=reason, headers=names, status=status))
    session.flush()
    alike = (Refusal.source_name == source_name[:64], _is_ignored() if status == IGNORED else ~_is_ignored())
    oldest = session.scalar(select(Refusal.id).where(*alike).order_by(Refusal.id.desc()).offset(KEPT - 1).limit(1))
    if oldest is not None:
        session.execute(delete(Refusal).where(*alike, Refusal.id < oldest))


def refusals(session: Session, source_name: str) -> list[Refusal]:
    """The refused calls of a source, newest first."""
    found = select(Refusal).where(Refusal.source_name == source_name, ~_is_ignored()).order_by(Refusal.id.desc())
    return list(session.scalars(found))


def _is_ignored() -> ColumnElement[bool]:
    return Refusal.status == IGNORED
