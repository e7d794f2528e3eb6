"""Incidents: the same fault in several articles of one source, as one thing to handle. It closes when nothing of it is open.

The same is the same rule with the same text, or with other texts at the same place of the page's template.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, column, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from reports import texts
from reports.models import Article, Finding, Recurrence, Source
from reports.queue import HAS_PLACE, IS_OPEN, Fault, Filter
from reports.recurrences import SPREADS
from reports.sight import Sight
from reports.tallies import RANKS

_ROWS = {  # of a JSON list of three values each
    "sqlite": "SELECT value ->> 0 AS {0}, value ->> 1 AS {1}, value ->> 2 AS {2} FROM json_each(:faults)",
    "postgresql": (
        "SELECT CAST(value ->> 0 AS integer) AS {0}, value ->> 1 AS {1}, value ->> 2 AS {2} "
        "FROM jsonb_array_elements(CAST(:faults AS jsonb))"
    ),
}
_Faults = Sequence[tuple[Any, ...]]  # source, rule, and the hash of the text or of the place
TEXTS = 2  # that a place holds at least: with one, it is the incident of its text


@dataclass(frozen=True)
class Incident:
    """One fault in many articles, as it is now; ``sections`` holds where, the commonest first, with how many each."""

    fault: Fault
    source: str
    severity: str
    message: str
    text: str
    articles: int
    findings: int
    since: datetime | None
    last: datetime | None
    assignee: str | None
    texts: int
    sections: tuple[tuple[str | None, int], ...] = ()


@dataclass(frozen=True)
class _Spread:
    """A fault that stands in enough articles. ``place`` is the one that all of its findings share."""

    fault: Fault
    articles: int
    findings: int
    worst: int
    newest: int
    texts: int
    place: str | None

    @property
    def order(self) -> tuple[int, ...]:
        """The most harmful first, then those with the most articles, then the newest."""
        return -self.worst, -self.articles, -self.newest


def incidents(session: Session, chosen: Filter, *, limit: int, offset: int = 0) -> tuple[list[Incident], int]:
    """The incidents under the filter, the most harmful first, then those with the most articles; and how many there are."""
    found = _spreads(session, chosen)
    page = found[offset : offset + limit]
    told = {fault: row for by in SPREADS for fault, row in _told(session, by, page, chosen.sight)}
    sections = {fault: where for by in SPREADS for fault, where in _sections(session, by, page, chosen.sight).items()}
    rows = [_incident(spread, told[spread.fault], sections.get(spread.fault, ())) for spread in page]
    return rows, len(found)


def count(session: Session, chosen: Filter) -> int:
    """How many incidents there are under the filter."""
    return len(_spreads(session, chosen))


WORDS = {rank: word for word, rank in RANKS.items()}


def _spreads(session: Session, chosen: Filter) -> list[_Spread]:
    """Every fault that is open in enough articles, in order. A text that stands at one spreading place alone is that place's."""
    by_place = _spread(session, "place", chosen)
    places = {(spread.fault.source_id, spread.fault.rule, spread.fault.place) for spread in by_place}
    by_text = [
        spread
        for spread in _spread(session, "text_hash", chosen)
        if (spread.fault.source_id, spread.fault.rule, spread.place) not in places
    ]
    return sorted((*by_place, *by_text), key=lambda spread: spread.order)


def _spread(session: Session, by: str, chosen: Filter) -> list[_Spread]:
    """The faults of one kind, whole, if any of their findings fits the filter."""
    found, about = _candidates(session, by, chosen), _about(chosen)
    faults = _fitting(session, by, found, [*about, *chosen.sight.findings()]) if found and about else found
    return _whole(session, by, faults, chosen.sight) if faults else []


def _candidates(session: Session, by: str, chosen: Filter) -> _Faults:
    """The faults of one kind that can spread: the one that is asked for, or those that did once."""
    if chosen.fault is not None:
        return _asked(session, by, chosen, chosen.fault)
    kept = select(Recurrence.source_id, Recurrence.rule, Recurrence.hash).where(Recurrence.kind == by)
    if chosen.source is not None:
        kept = kept.join(Source, Source.id == Recurrence.source_id).where(Source.name == chosen.source)
    if chosen.rule is not None:
        kept = kept.where(Recurrence.rule == chosen.rule)
    return [tuple(row) for row in session.execute(kept)]


def _asked(session: Session, by: str, chosen: Filter, fault: Fault) -> _Faults:
    """The fault that is asked for, if it is of this kind, and of the rule and source that are asked for beside it."""
    wanted, name = getattr(fault, by), select(Source.name).where(Source.id == fault.source_id)
    is_asked = chosen.rule in (None, fault.rule) and (chosen.source is None or chosen.source == session.scalar(name))
    return [(fault.source_id, fault.rule, wanted)] if wanted and is_asked else []


def _fitting(session: Session, by: str, faults: _Faults, about: Sequence[ColumnElement[bool]]) -> _Faults:
    """Those of the faults of which one finding, or its article, is as the filter says; each is looked through up to that one."""
    wanted = _table(session, by, faults).c
    fits = select(Finding.id).join(Article, Article.id == Finding.article_id).where(*_is_one(by), *about)
    fits = fits.where(*(key == wanted[key.name] for key in _keys(by))).limit(1)
    return [tuple(row) for row in session.execute(select(*wanted).where(fits.scalar_subquery().is_not(None)))]


def _whole(session: Session, by: str, faults: _Faults, sight: Sight) -> list[_Spread]:
    """Those of the faults that stand in enough articles."""
    keys = _keys(by)
    articles, said = func.count(Finding.article_id.distinct()), func.count(Finding.text_hash.distinct())
    worst = func.max(case(RANKS, value=Finding.severity, else_=1))
    place = case((func.min(Finding.place) == func.max(Finding.place), func.min(Finding.place)))
    query = select(*keys, articles, func.count(), worst, func.max(Finding.id), said, place)
    query = query.where(*_is_one(by), _one_of(session, by, faults), *sight.findings())
    query = query.group_by(*keys).having(articles >= SPREADS[by])
    query = query.having(said >= TEXTS) if by == "place" else query
    return [_made(by, row) for row in session.execute(query)]


def _one_of(session: Session, by: str, faults: _Faults) -> ColumnElement[bool]:
    """That a finding is of one of the faults."""
    return tuple_(*_keys(by)).in_(select(_table(session, by, faults)))


def _table(session: Session, by: str, faults: _Faults) -> CTE:
    """The faults as a table. They come as one value: as conditions of their own they take longer to plan."""
    names = ("source_id", "rule", by)
    rows = text(_ROWS[session.get_bind().dialect.name].format(*names)).bindparams(faults=json.dumps(list(map(tuple, faults))))
    return rows.columns(*(column(name, getattr(Finding, name).type) for name in names)).cte("faults")


def _made(by: str, row: Any) -> _Spread:
    return _Spread(_fault(by, row), *row[3:])


def _keys(by: str) -> tuple[Any, ...]:
    return Finding.source_id, Finding.rule, getattr(Finding, by)


def _is_one(by: str) -> tuple[ColumnElement[bool], ...]:
    """Which findings can be of an incident of this kind."""
    return (IS_OPEN, HAS_PLACE) if by == "place" else (IS_OPEN,)


def _fault(by: str, row: Any) -> Fault:
    return Fault(row[0], row[1], **{by: row[2]})


def _these(session: Session, by: str, spreads: Sequence[_Spread]) -> ColumnElement[bool] | None:
    """The findings of the faults of one kind; None where there are none."""
    wanted = [(item.fault.source_id, item.fault.rule, getattr(item.fault, by)) for item in spreads if getattr(item.fault, by)]
    return _one_of(session, by, wanted) if wanted else None


def _told(session: Session, by: str, spreads: Sequence[_Spread], sight: Sight) -> Iterator[tuple[Fault, Any]]:
    """What the row of each fault says, beside how often it stands."""
    these = _these(session, by, spreads)
    if these is None:
        return
    keys = _keys(by)
    one, other = func.min(Finding.assignee), func.max(Finding.assignee)
    alike = case((and_(func.count(Finding.assignee) == func.count(), one == other), one))
    seen = (func.min(Finding.appeared_at), func.max(Finding.appeared_at))
    told = select(*keys, Source.name, func.min(Finding.message), func.min(Finding.text), *seen, alike)
    told = told.join(Source, Source.id == Finding.source_id).where(*_is_one(by), these, *sight.findings())
    for row in session.execute(told.group_by(*keys, Source.name)):
        yield _fault(by, row), row


def _incident(spread: _Spread, row: Any, sections: tuple[tuple[str | None, int], ...]) -> Incident:
    _, _, _, source, message, text, since, last, assignee = row
    said = (source, WORDS[spread.worst], message, text, spread.articles, spread.findings, since, last, assignee, spread.texts)
    return Incident(spread.fault, *said, sections)


def _about(chosen: Filter) -> list[ColumnElement[bool]]:
    """What one finding of an incident, or its article, must be."""
    made: list[ColumnElement[bool]] = []
    if chosen.severity is not None:
        made.append(Finding.severity == chosen.severity)
    if chosen.assignee is not None:
        made.append(Finding.assignee == chosen.assignee)
    if chosen.unassigned:
        made.append(Finding.assignee.is_(None))
    if chosen.state is not None:
        made.append(Finding.state == chosen.state)
    if chosen.articles:
        made.append(Finding.article_id.in_(chosen.articles))
    if chosen.desk is not None:
        made.append(or_(Article.desk == chosen.desk, Finding.desk == chosen.desk))
    if chosen.since is not None:
        made.append(Finding.appeared_at >= chosen.since)
    made += [texts.reads(Finding, said) for said in (*chosen.words, *((chosen.text,) if chosen.text else ()))]
    about = ((Article.section, chosen.section), (Article.byline, chosen.byline))
    return made + [field == value for field, value in about if value is not None]


def _sections(
    session: Session, by: str, spreads: Sequence[_Spread], sight: Sight
) -> dict[Fault, tuple[tuple[str | None, int], ...]]:
    """Where each fault stands: its sections with the number of articles, the commonest first."""
    these = _these(session, by, spreads)
    if these is None:
        return {}
    keys = _keys(by)
    # As a value of its own: joined, PostgreSQL reads a million articles for the hundreds that are meant.
    section = select(Article.section).where(Article.id == Finding.article_id).scalar_subquery().label("section")
    found_in = select(*keys, Finding.article_id, section)
    where = found_in.where(*_is_one(by), these, *sight.findings()).subquery().c
    number = func.count(where.article_id.distinct())
    by_section = (*(where[key.name] for key in keys), where.section)
    wanted = select(*by_section, number).group_by(*by_section)
    found: dict[Fault, list[tuple[str | None, int]]] = {}
    for row in session.execute(wanted.order_by(number.desc(), where.section.is_(None), where.section)):
        found.setdefault(_fault(by, row), []).append((row[3], row[4]))
    return {fault: tuple(sections) for fault, sections in found.items()}
