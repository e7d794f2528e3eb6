"""The delivery log: what a source sent, what it was answered, and what became of it."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from reports.models import Article, Delivery, GateCheck, Job, Payload, Refusal, Source
from reports.refusals import IGNORED

ON_ITS_WAY = "on its way"
OUTCOMES = ("reported", "superseded", "withdrawn", "no-body", "poisoned")
NO_BODY = "It carried no text. The page that a call names is fetched once its source has an origin."
ANSWERS = ("taken", "ignored", "refused", "again", ON_ITS_WAY, *OUTCOMES)  # what the log can be narrowed to
_OF_CALLS = ("ignored", "refused")  # answers that leave no delivery


@dataclass(frozen=True)
class LogRow:
    """One call. ``number`` is what redelivery asks for; a refused call has none, and no body, but the names of its headers."""

    at: datetime
    kind: Literal["delivery", "refused", "ignored"]
    row: int  # in the order in which calls of this kind were written down
    number: int | None
    delivery_id: str | None
    article_id: int | None
    headline: str | None
    outcome: str  # of a delivery one of reports.models.Delivery's, or on its way; of another call, the answer's status
    reason: str | None
    duplicates: int = 0
    conflicts: int = 0
    has_payload: bool = False
    headers: tuple[str, ...] = ()
    superseded_by: int | None = None  # the revision
    superseded_with: str | None = None  # the delivery that brought it, while it is known

    @property
    def ended(self) -> str:
        """The outcome in words, with what superseded it."""
        if self.superseded_by is None:
            return self.outcome
        return f"{self.outcome} by {self.superseded_with or f'revision {self.superseded_by}'}"


@dataclass(frozen=True)
class Place:
    """Where a page of the log ends: the last delivery and the last other call that it shows."""

    delivery: int
    call: int

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.delivery}-{self.call}"


START = Place(2**31 - 1, 2**31 - 1)


def read_place(text: str) -> Place:
    """The place in an address; the start for anything else."""
    delivery, _, call = text.partition("-")
    if text.isascii() and delivery.isdigit() and call.isdigit() and len(text) <= 21:
        return Place(min(int(delivery), START.delivery), min(int(call), START.call))
    return START


def delivery_log(
    session: Session, source: Source, *, limit: int = 50, answer: str | None = None, after: Place = START
) -> list[LogRow]:
    """The newest calls of a source, the newest first: deliveries, refused calls, and events that are of no concern.

    ``answer``: only those of one of ``ANSWERS``. ``after``: what comes behind the page that ends there.
    """
    fits = [Delivery.source_id == source.id, Delivery.id < after.delivery, *_wanted(answer)]
    delivered = [] if answer in _OF_CALLS else _deliveries(session, fits, limit)
    calls = _calls(session, source, limit, answer, after.call) if answer in (None, *_OF_CALLS) else []
    merged: Iterator[LogRow] = heapq.merge(delivered, calls, key=lambda row: row.at, reverse=True)
    return list(islice(merged, limit))


def place_after(rows: list[LogRow], before: Place = START) -> Place:
    """Where a page ends that came after ``before``."""
    deliveries = [row.row for row in rows if row.kind == "delivery"]
    calls = [row.row for row in rows if row.kind != "delivery"]
    return Place(min(deliveries, default=before.delivery), min(calls, default=before.call))


@dataclass(frozen=True)
class DeliveryFilter:
    """What deliveries must be like; nothing given: any. ``outcome`` as reports.models.Delivery has it."""

    source: str | None = None
    delivery_id: str | None = None
    article_id: int | None = None
    outcome: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for a query; an id without its source is asked of every source, for that is what the index goes by."""
        fits = [
            column == value
            for column, value in (
                (Delivery.delivery_id, self.delivery_id),
                (Delivery.article_id, self.article_id),
                (Delivery.outcome, self.outcome),
            )
            if value is not None
        ]
        named = select(Source.id) if self.source is None else select(Source.id).where(Source.name == self.source)
        return [*fits, Delivery.source_id.in_(named)] if self.source or self.delivery_id else fits


def deliveries(session: Session, wanted: DeliveryFilter, *, limit: int, before: int | None = None) -> list[LogRow]:
    """The newest deliveries, those before the number ``before`` if there is one, the newest first."""
    earlier = [] if before is None else [Delivery.id < before]
    return _deliveries(session, [*wanted.conditions(), *earlier], limit)


def find_delivery(session: Session, source: Source, delivery: str) -> Delivery | None:
    """A delivery of a source by its number in the log, or by its id."""
    by_id = select(Delivery).where(Delivery.source_id == source.id, Delivery.delivery_id == delivery)
    found = session.scalars(by_id).first()
    if found is None and delivery.isascii() and delivery.isdigit() and len(delivery) < 10:
        found = session.get(Delivery, int(delivery))
    return found if found is not None and found.source_id == source.id else None


def log_row(session: Session, source: Source, number: int) -> LogRow | None:
    """One delivery of a source as the log has it; None when there is none of that number."""
    return next(iter(_deliveries(session, [Delivery.source_id == source.id, Delivery.id == number], 1)), None)


def _deliveries(session: Session, fits: list[ColumnElement[bool]], limit: int) -> list[LogRow]:
    brought, newer = aliased(Job), aliased(Delivery)
    is_brought = and_(
        brought.article_id == Delivery.article_id,
        brought.revision_id == Delivery.superseded_by,
        brought.delivery_id.is_not(None),  # not a later look at the same revision
    )
    found = session.execute(
        select(Delivery, Article.headline, Job.error, Payload.delivery_id, newer.delivery_id)
        .outerjoin(Article, Article.id == Delivery.article_id)
        .outerjoin(Job, Job.delivery_id == Delivery.id)
        .outerjoin(Payload, Payload.delivery_id == Delivery.id)
        .outerjoin(brought, is_brought)
        .outerjoin(newer, newer.id == brought.delivery_id)
        .where(*fits, ~select(GateCheck.id).where(GateCheck.delivery_id == Delivery.id).exists())
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [
        LogRow(
            at=row.received_at,
            kind="delivery",
            row=row.id,
            number=row.id,
            delivery_id=row.delivery_id,
            article_id=row.article_id,
            headline=headline,
            outcome=row.outcome or ON_ITS_WAY,
            reason=error or (NO_BODY if row.outcome == "no-body" else None),
            duplicates=row.duplicates,
            conflicts=row.conflicts,
            has_payload=payload is not None,
            superseded_by=row.superseded_by,
            superseded_with=superseder,
        )
        for row, headline, error, payload, superseder in found
    ]


def _wanted(answer: str | None) -> tuple[ColumnElement[bool], ...]:
    if answer == "again":
        return (Delivery.duplicates > 0,)
    if answer == ON_ITS_WAY:
        return (Delivery.outcome.is_(None),)
    return (Delivery.outcome == answer,) if answer in OUTCOMES else ()


def _calls(session: Session, source: Source, limit: int, answer: str | None, before: int) -> list[LogRow]:
    found = select(Refusal).where(Refusal.source_name == source.name, Refusal.id < before)
    if answer is not None:
        found = found.where(Refusal.status == IGNORED if answer == "ignored" else Refusal.status != IGNORED)
    return [
        LogRow(
            at=row.refused_at,
            kind="ignored" if row.status == IGNORED else "refused",
            row=row.id,
            number=None,
            delivery_id=None,
            article_id=None,
            headline=None,
            outcome=str(row.status),
            reason=row.reason,
            headers=tuple(row.headers),
        )
        for row in session.scalars(found.order_by(Refusal.id.desc()).limit(limit))
    ]
