"""Webhook calls that were turned away: the last ones of each source, without their bodies."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.models import Refusal

KEPT = 100  # a source; enough to see a pattern, too few to fill a disk


def keep_refusal(session: Session, source_name: str, reason: str, headers: list[str], now: datetime) -> None:
    """Keeps time, source, reason and header names of a refused call, and forgets what is older than the last ``KEPT``."""
    session.add(
        Refusal(source_name=source_name[:64], refused_at=now, reason=reason, headers=[name[:100] for name in headers[:50]])
    )
    session.flush()
    kept = select(Refusal.id).where(Refusal.source_name == source_name[:64]).order_by(Refusal.id.desc())
    oldest = session.scalar(kept.offset(KEPT - 1).limit(1))
    if oldest is not None:
        session.execute(delete(Refusal).where(Refusal.source_name == source_name[:64], Refusal.id < oldest))


def refusals(session: Session, source_name: str) -> list[Refusal]:
    """The refused calls of a source, newest first."""
    found = select(Refusal).where(Refusal.source_name == source_name).order_by(Refusal.id.desc())
    return list(session.scalars(found))
