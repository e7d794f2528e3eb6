"""The delivery log: what a source sent, what it was answered, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.models import Article, Delivery, Job, Payload, Refusal, Source

ON_ITS_WAY = "on its way"


@dataclass(frozen=True)
class LogRow:
    """One call. ``number`` is what redelivery asks for; a refused call has none, and no body."""

    at: datetime
    kind: Literal["delivery", "refused", "ignored"]
    number: int | None
    delivery_id: str | None
    article_id: int | None
    headline: str | None
    outcome: str  # of a delivery as DESIGN's list has it, or on its way; of another call, the answer's status
    reason: str | None
    duplicates: int = 0
    conflicts: int = 0
    has_payload: bool = False


def delivery_log(session: Session, source: Source, *, limit: int = 50) -> list[LogRow]:
    """The newest calls of a source, the newest first: deliveries, refused calls, and events that are of no concern."""
    rows = _deliveries(session, source, limit) + _refusals(session, source, limit)
    return sorted(rows, key=lambda row: row.at, reverse=True)[:limit]


def find_delivery(session: Session, source: Source, delivery: str) -> Delivery | None:
    """A delivery of a source by its number in the log, or by its id."""
    by_id = select(Delivery).where(Delivery.source_id == source.id, Delivery.delivery_id == delivery)
    found = session.scalars(by_id).first()
    if found is None and delivery.isascii() and delivery.isdigit() and len(delivery) < 10:
        found = session.get(Delivery, int(delivery))
    return found if found is not None and found.source_id == source.id else None


def _deliveries(session: Session, source: Source, limit: int) -> list[LogRow]:
    found = session.execute(
        select(Delivery, Article.headline, Job.error, Payload.delivery_id)
        .outerjoin(Article, Article.id == Delivery.article_id)
        .outerjoin(Job, Job.delivery_id == Delivery.id)
        .outerjoin(Payload, Payload.delivery_id == Delivery.id)
        .where(Delivery.source_id == source.id)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [
        LogRow(
            at=row.received_at,
            kind="delivery",
            number=row.id,
            delivery_id=row.delivery_id,
            article_id=row.article_id,
            headline=headline,
            outcome=row.outcome or ON_ITS_WAY,
            reason=error,
            duplicates=row.duplicates,
            conflicts=row.conflicts,
            has_payload=payload is not None,
        )
        for row, headline, error, payload in found
    ]


def _refusals(session: Session, source: Source, limit: int) -> list[LogRow]:
    newest = select(Refusal).where(Refusal.source_name == source.name).order_by(Refusal.id.desc()).limit(limit)
    return [
        LogRow(
            at=row.refused_at,
            kind="ignored" if row.status == 200 else "refused",
            number=None,
            delivery_id=None,
            article_id=None,
            headline=None,
            outcome=str(row.status),
            reason=row.reason,
        )
        for row in session.scalars(newest)
    ]
