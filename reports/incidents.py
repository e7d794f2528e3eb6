"""Incidents: the same fault in several articles of one source, as one thing to handle. It closes when nothing of it is open."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from reports import texts
from reports.models import Article, Finding, Source
from reports.queue import IS_OPEN, Fault, Filter
from reports.sight import Sight
from reports.tallies import OPEN, RANKS

SPREADS = 3  # articles with the same fault: twice happens, three times is a template, a feed or a habit


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
    sections: tuple[tuple[str | None, int], ...] = ()


def incidents(session: Session, chosen: Filter, *, limit: int, offset: int = 0) -> tuple[list[Incident], int]:
    """The incidents under the filter, the most harmful first, then those with the most articles; and how many there are."""
    spread = _spread(chosen)
    worst = func.max(case(RANKS, value=Finding.severity, else_=1))
    rows = session.execute(
        select(
            spread.c.source_id,
            spread.c.rule,
            spread.c.text_hash,
            Source.name,
            worst.label("worst"),
            func.min(Finding.message),
            func.min(Finding.text),
            spread.c.articles,
            spread.c.findings,
            func.min(Finding.appeared_at),
            func.max(Finding.appeared_at),
            case((func.count(Finding.assignee) == func.count(), func.min(Finding.assignee))),
            func.count().over(),
        )
        .select_from(spread)
        .join(Finding, and_(*(getattr(Finding, name) == spread.c[name] for name in KEY), IS_OPEN, *chosen.sight.findings()))
        .join(Source, Source.id == spread.c.source_id)
        .group_by(*(spread.c[name] for name in (*KEY, "articles", "findings")), Source.name)
        .order_by(worst.desc(), spread.c.articles.desc(), func.max(Finding.id).desc())
        .limit(limit)
        .offset(offset)
    ).all()
    places = _sections(session, [Fault(*row[:3]) for row in rows], chosen.sight)
    total = rows[0][-1] if rows else count(session, chosen) if offset else 0
    return [_incident(row, places) for row in rows], total


def count(session: Session, chosen: Filter) -> int:
    """How many incidents there are under the filter."""
    return session.scalar(select(func.count()).select_from(_spread(chosen))) or 0


KEY = ("source_id", "rule", "text_hash")
WORDS = {rank: word for word, rank in RANKS.items()}


def _incident(row: Any, places: dict[Fault, tuple[tuple[str | None, int], ...]]) -> Incident:
    fault = Fault(*row[:3])
    said: tuple[Any, ...] = (*row[5:-1], places.get(fault, ()))
    return Incident(fault, row[3], WORDS[row[4]], *said)


def _spread(chosen: Filter) -> Subquery:
    """Every fault that is open in enough articles, whole, if any of its findings fits the filter.

    Most faults stand once. So the index alone first says which stand often; articles are told apart only among those.
    """
    keys = (Finding.source_id, Finding.rule, Finding.text_hash)
    often = select(*keys).where(IS_OPEN, *_in_index(chosen)).group_by(*keys).having(func.count() >= SPREADS).subquery("often")
    articles = func.count(Finding.article_id.distinct())
    query = select(*keys, articles.label("articles"), func.count().label("findings")).select_from(often)
    same = and_(*(getattr(Finding, name) == often.c[name] for name in KEY), IS_OPEN, *chosen.sight.findings())
    query = query.join(Finding, same).group_by(*keys).having(articles >= SPREADS)
    about = _about(chosen)
    if about:
        other = aliased(Finding)
        of_one = select(*(getattr(other, name) for name in KEY)).join(Article, Article.id == other.article_id)
        fits = of_one.where(other.state.in_(OPEN), *(made(other) for made in about))
        query = query.where(tuple_(*(often.c[name] for name in KEY)).in_(fits))
    return query.subquery("spread")


def _in_index(chosen: Filter) -> Iterator[ColumnElement[bool]]:
    if chosen.source is not None:
        yield Finding.source_id == select(Source.id).where(Source.name == chosen.source).scalar_subquery()
    if chosen.rule is not None:
        yield Finding.rule == chosen.rule
    if chosen.fault is not None:
        yield and_(*(getattr(Finding, name) == getattr(chosen.fault, name) for name in KEY))


def _about(chosen: Filter) -> list[Callable[[Any], ColumnElement[bool]]]:
    """What one finding of an incident, or its article, must be."""
    made: list[Callable[[Any], ColumnElement[bool]]] = []
    if chosen.severity is not None:
        made.append(lambda finding: finding.severity == chosen.severity)
    if chosen.assignee is not None:
        made.append(lambda finding: finding.assignee == chosen.assignee)
    if chosen.since is not None:
        made.append(lambda finding: finding.appeared_at >= chosen.since)
    said = (*chosen.words, *((chosen.text,) if chosen.text else ()))
    made += [partial(texts.says, text=text) for text in said]
    about = ((Article.section, chosen.section), (Article.desk, chosen.desk), (Article.byline, chosen.byline))
    made += [partial(_is, column=column, value=value) for column, value in about if value is not None]
    return made


def _is(_: Any, column: InstrumentedAttribute[str | None], value: str) -> ColumnElement[bool]:
    return column == value


def _sections(session: Session, faults: Sequence[Fault], sight: Sight) -> dict[Fault, tuple[tuple[str | None, int], ...]]:
    """Where each fault stands: its sections with the number of articles, the commonest first."""
    if not faults:
        return {}
    keys = (Finding.source_id, Finding.rule, Finding.text_hash)
    number = func.count(Finding.article_id.distinct())
    wanted = select(*keys, Article.section, number).join(Article, Article.id == Finding.article_id)
    these = tuple_(*keys).in_([(fault.source_id, fault.rule, fault.text_hash) for fault in faults])
    rows = session.execute(
        wanted.where(IS_OPEN, these, *sight.articles()).group_by(*keys, Article.section).order_by(number.desc())
    ).all()
    found: dict[Fault, list[tuple[str | None, int]]] = {}
    for source_id, rule, text_hash, section, articles in rows:
        found.setdefault(Fault(source_id, rule, text_hash), []).append((section, articles))
    return {fault: tuple(places) for fault, places in found.items()}
