"""What the queue sorts and counts by, kept at the article: brought up to date in the transaction that changes a finding."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.orm import Session

from reports import recurrences
from reports.models import Article, Event, Finding

OPEN = ("open", "reopened")
GONE = ("fixed", "retired", "withdrawn")
RANKS = {"error": 3, "warning": 2, "note": 1}
AT_ONCE = 500  # articles a statement: SQLite takes 32,766 parameters, and a plan for so many is no better


def recount(session: Session, article_ids: Collection[int], now: datetime, *, arrived: bool = False) -> None:
    """Counts the findings of these articles anew, and keeps those that spread.

    ``arrived``: a report brought an open one, so the queue shows it as newer.
    """
    session.flush()
    moved: dict[str, datetime] = {"last_activity": now} | ({"arrived_at": now} if arrived else {})
    spread: recurrences.Found = set()
    for chunk in chunks(article_ids):
        counted = {row.article_id: row._asdict() for row in session.execute(_counts(chunk))}
        rows = [{"id": key, **NOTHING, **_named(counted.get(key, {})), **moved} for key in chunk]
        session.execute(update(Article), rows)
        if open_ones := [key for key in chunk if key in counted and counted[key]["worst"]]:
            spread |= recurrences.among(session, open_ones)
    recurrences.keep(session, spread)


def note(
    finding: Finding,
    kind: str,
    before: str | None,
    now: datetime,
    *,
    report_id: int | None = None,
    batch_id: int | None = None,
    actor: str | None = None,
) -> Event:
    """The timeline's row for a change that was just made to ``finding``, which has its id."""
    return Event(
        at=now,
        article_id=finding.article_id,
        finding_id=finding.id,
        kind=kind,
        from_state=before,
        to_state=finding.state,
        report_id=report_id,
        batch_id=batch_id,
        actor=actor,
    )


def _counts(article_ids: Collection[int]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a select of eleven columns
    is_open = Finding.state.in_(OPEN)
    return (
        select(
            Finding.article_id,
            func.max(case((is_open, case(RANKS, value=Finding.severity, else_=1)), else_=0)).label("worst"),
            *(_how_many(and_(is_open, Finding.severity == word), f"open_{word}s") for word in RANKS),
            _how_many(and_(Finding.state == "open", Finding.cause != "due"), "open_new"),
            _how_many(Finding.state == "reopened", "open_back"),
            _how_many(and_(Finding.state == "open", Finding.cause == "due"), "open_timed"),
            _how_many(and_(Finding.state == "stands", Finding.snoozed_until.is_not(None)), "snoozed"),
            func.count().label("findings"),
        )
        .where(Finding.article_id.in_(article_ids))
        .group_by(Finding.article_id)
    )


NOTHING = dict.fromkeys(
    ("worst", "open_errors", "open_warnings", "open_notes", "open_new", "open_back", "open_timed", "snoozed", "findings"), 0
)


def _named(row: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in row.items() if name in NOTHING}


def _how_many(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0)).label(name)


def chunks(values: Iterable[int]) -> Iterable[list[int]]:
    """The different ones in order, ``AT_ONCE`` at a time."""
    rest = iter(sorted(set(values)))
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk
