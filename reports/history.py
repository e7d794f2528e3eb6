"""What happened: the timeline of an article, and what people did last, to be undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.models import Article, Batch, Event, Finding, Verdict

AT_MOST = 400  # events of one article's timeline; a story that is edited all day has some dozens
GLANCES = 3


@dataclass(frozen=True)
class Change:
    """One finding's change: ``kind`` is the event's."""

    kind: str
    rule: str
    severity: str
    message: str
    to_state: str


@dataclass(frozen=True)
class Moment:
    """What one report, one person or the clock changed at one time."""

    at: datetime
    actor: str | None
    report_id: int | None
    batch_id: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Done:
    """One thing that somebody did, with a glance at what it was about."""

    id: int
    at: datetime
    actor: str
    action: str
    count: int
    articles: int
    undone_at: datetime | None
    undone_by: str | None
    reason: str | None = None
    scope: str | None = None
    messages: tuple[str, ...] = ()
    headline: str | None = None
    article_id: int | None = None


def timeline(session: Session, article_id: int) -> list[Moment]:
    """What came, went and came back, the newest first."""
    rows = session.execute(
        select(Event, Finding.rule, Finding.severity, Finding.message)
        .join(Finding, Finding.id == Event.finding_id)
        .where(Event.article_id == article_id)
        .order_by(Event.id.desc())
        .limit(AT_MOST)
    ).all()
    return [_moment(list(group)) for _, group in groupby(rows, key=_at_once)]


def last_change(session: Session, article_id: int) -> int:
    """The number of the article's newest event: it rises with every change."""
    return session.scalar(select(func.max(Event.id)).where(Event.article_id == article_id)) or 0


def newest_report(session: Session, article_id: int) -> int | None:
    """The number of the article's newest report."""
    return session.scalar(select(Article.latest_report_id).where(Article.id == article_id))


def changes_since(session: Session, article_id: int, event_id: int) -> list[tuple[str | None, str]]:
    """Who (None: a report or the clock) did what to the article since that event."""
    newer = select(Event.actor, Event.kind).where(Event.article_id == article_id, Event.id > event_id).order_by(Event.id)
    return [(actor, kind) for actor, kind in session.execute(newer)]


def done(session: Session, *, by: str | None = None, limit: int = 50, batch_id: int | None = None) -> list[Done]:
    """What people did last, the newest first."""
    wanted = select(Batch).order_by(Batch.id.desc()).limit(limit)
    wanted = wanted.where(Batch.actor == by) if by is not None else wanted
    batches = session.scalars(wanted.where(Batch.id == batch_id) if batch_id is not None else wanted).all()
    said = _glances(session, [batch.id for batch in batches])
    return [_done(batch, said.get(batch.id, ())) for batch in batches]


def _at_once(row: Any) -> tuple[Any, ...]:
    event: Event = row[0]
    return event.at, event.actor, event.report_id, event.batch_id


def _moment(rows: Sequence[Any]) -> Moment:
    first: Event = rows[0][0]
    changes = tuple(Change(event.kind, rule, severity, message, event.to_state) for event, rule, severity, message in rows)
    return Moment(first.at, first.actor, first.report_id, first.batch_id, changes)


def _glances(session: Session, batch_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The first few verdicts of every batch, with their findings' words."""
    place = func.row_number().over(partition_by=Verdict.batch_id, order_by=Verdict.id).label("place")
    numbered = select(Verdict.id, place).where(Verdict.batch_id.in_(list(batch_ids))).subquery()
    rows = session.execute(
        select(Verdict, Finding.message, Article.headline, Article.id)
        .join(numbered, numbered.c.id == Verdict.id)
        .join(Finding, Finding.id == Verdict.finding_id)
        .join(Article, Article.id == Finding.article_id)
        .where(numbered.c.place <= GLANCES)
        .order_by(Verdict.id)
    ).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0].batch_id, []).append(row)
    return found


def _done(batch: Batch, rows: Sequence[Any]) -> Done:
    first = rows[0] if rows else None
    return Done(
        batch.id,
        batch.at,
        batch.actor,
        batch.action,
        batch.count,
        batch.articles,
        batch.undone_at,
        batch.undone_by,
        reason=first[0].reason if first else None,
        scope=first[0].scope if first else None,
        messages=tuple(dict.fromkeys(row[1] for row in rows)),
        headline=first[2] if first else None,
        article_id=first[3] if first else None,
    )
