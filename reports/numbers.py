"""The desk in figures: findings by week, source, section and rule, how soon they are fixed, and how often rules are right."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from reports.models import Article, Finding, Source
from reports.sight import EVERYTHING, Sight
from reports.tallies import OPEN
from rules.core.findings import SEVERITIES

SPANS = (4, 12, 26, 52)  # weeks
MOST_FIXES = 20_000  # the newest; the median of more says nothing else
STEPS = (  # of the distribution: what a desk would call at once, the same hour, shift, day, week
    ("10 minutes", timedelta(minutes=10)),
    ("1 hour", timedelta(hours=1)),
    ("4 hours", timedelta(hours=4)),
    ("1 day", timedelta(days=1)),
    ("1 week", timedelta(days=7)),
)


@dataclass(frozen=True)
class Asked:
    """What the figures are about. None: all of them."""

    weeks: int = 12
    source: str | None = None
    section: str | None = None
    rule: str | None = None
    desk: str | None = None
    sight: Sight = EVERYTHING


@dataclass(frozen=True)
class Slice:
    """One line of a table: the findings that appeared in each week, and what became of them."""

    name: str
    weeks: tuple[int, ...]
    open: int
    fixed: int
    stands: int
    false_alarms: int
    time_to_fix: timedelta | None  # the median of those that were fixed

    @property
    def total(self) -> int:
        """All that appeared."""
        return sum(self.weeks)


@dataclass(frozen=True)
class Numbers:
    """Everything that the page shows. ``starts`` are the Mondays that the weeks begin on, in UTC; the last week still runs."""

    asked: Asked
    starts: tuple[datetime, ...]
    severities: tuple[Slice, ...]
    sources: tuple[Slice, ...]
    sections: tuple[Slice, ...]
    rules: tuple[Slice, ...]
    fixes: tuple[tuple[str, int], ...]  # how many were fixed within each of STEPS, and later
    time_to_fix: timedelta | None


@dataclass(frozen=True)
class _Fix:
    """A finding that was fixed: its severity, source, section and rule, and how long it took."""

    of: tuple[str, ...]
    took: timedelta


def read_numbers(session: Session, asked: Asked, now: datetime) -> Numbers:
    """The figures of the last weeks."""
    starts = mondays(asked.weeks, now)
    taken = _fixes(session, asked, starts[0])
    times = [fix.took for fix in taken]

    def slices(column: ColumnElement[Any] | InstrumentedAttribute[Any], place: int) -> tuple[Slice, ...]:
        by_name: dict[str, list[timedelta]] = defaultdict(list)
        for fix in taken:
            by_name[fix.of[place]].append(fix.took)
        return tuple(_slices(session.execute(_counted(column, asked, starts)), len(starts), by_name))

    severities = {item.name: item for item in slices(Finding.severity, 0)}
    return Numbers(
        asked=asked,
        starts=starts,
        severities=tuple(severities[name] for name in SEVERITIES if name in severities),
        sources=slices(Source.name, 1),
        sections=slices(Article.section, 2),
        rules=slices(Finding.rule, 3),
        fixes=tuple(_distribution(times)),
        time_to_fix=middle(times),
    )


def findings_per_week(session: Session, weeks: int, now: datetime) -> dict[str, tuple[int, ...]]:
    """For each rule, how many of its findings appeared in each of the last weeks."""
    asked = Asked(weeks)
    starts = mondays(weeks, now)
    return {item.name: item.weeks for item in _slices(session.execute(_counted(Finding.rule, asked, starts)), weeks, {})}


def names(session: Session) -> tuple[list[str], list[str], list[str]]:
    """The sources, sections and rules that have findings, to choose from."""
    sources = session.scalars(select(Source.name).order_by(Source.name))
    sections = session.scalars(select(Article.section).where(Article.section.is_not(None)).distinct().order_by(Article.section))
    rules = session.scalars(select(Finding.rule).distinct().order_by(Finding.rule))
    return list(sources), [section for section in sections if section], list(rules)


def mondays(weeks: int, now: datetime) -> tuple[datetime, ...]:
    """The beginnings of the last ``weeks`` weeks, the running one last."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    return tuple(monday - timedelta(weeks=back) for back in reversed(range(weeks)))


def _counted(column: Any, asked: Asked, starts: Sequence[datetime]) -> Select[Any]:
    ends = [*starts[1:], starts[-1] + timedelta(weeks=1)]
    weeks = [_count(and_(Finding.appeared_at >= a, Finding.appeared_at < b)) for a, b in zip(starts, ends, strict=True)]
    states = (
        _count(Finding.state.in_(OPEN)),
        _count(Finding.state == "fixed"),
        _count(Finding.state == "stands"),
        _count(Finding.judged == "false-alarm"),
    )
    return _meant(select(column, *states, *weeks), asked, starts[0]).group_by(column)


def _meant(statement: Select[Any], asked: Asked, since: datetime) -> Select[Any]:
    """The findings in question: those that appeared since, of the source, section, rule and desk."""
    meant = statement.select_from(Finding).join(Article, Article.id == Finding.article_id)
    meant = meant.join(Source, Source.id == Article.source_id).where(Finding.appeared_at >= since, *asked.sight.articles())
    for value, column in (
        (asked.source, Source.name),
        (asked.section, Article.section),
        (asked.rule, Finding.rule),
        (asked.desk, Article.desk),
    ):
        meant = meant.where(column == value) if value is not None else meant
    return meant


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _slices(rows: Iterable[Any], weeks: int, times: Mapping[str, Sequence[timedelta]]) -> list[Slice]:
    made = []
    for name, opened, fixed, stands, false, *counts in rows:
        took = middle(times.get(name or "", ()))
        made.append(Slice(name or "", tuple(counts[:weeks]), opened, fixed, stands, false, took))
    return sorted(made, key=lambda item: (-item.total, item.name))


def middle(times: Sequence[timedelta]) -> timedelta | None:
    """The median; None of nothing."""
    return timedelta(seconds=median(time.total_seconds() for time in times)) if times else None


def _fixes(session: Session, asked: Asked, since: datetime) -> list[_Fix]:
    """The findings that were fixed, the newest first, at most ``MOST_FIXES``."""
    columns = (Finding.severity, Source.name, Article.section, Finding.rule, Finding.appeared_at, Finding.changed_at)
    found: Select[Any] = _meant(select(*columns), asked, since)  # type: ignore[arg-type]
    found = found.where(Finding.state == "fixed")
    rows = session.execute(found.order_by(Finding.changed_at.desc()).limit(MOST_FIXES)).all()
    return [_Fix(tuple(name or "" for name in row[:4]), max(row[5] - row[4], timedelta())) for row in rows]


def _distribution(times: Sequence[timedelta]) -> list[tuple[str, int]]:
    made, rest = [], sorted(times)
    for name, step in STEPS:
        within = [time for time in rest if time <= step]
        made.append((f"within {name}", len(within)))
        rest = rest[len(within) :]
    return [*made, ("later", len(rest))]
