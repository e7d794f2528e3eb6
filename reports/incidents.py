"""Incidents: the same fault in several articles of one source, as one thing to handle. It closes when nothing of it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, select, tuple_
from sqlalchemy.orm import Session

from reports.models import Article, Finding, Source
from reports.queue import IS_OPEN, Fault, Filter
from reports.tallies import RANKS

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


def incidents(session: Session, chosen: Filter, *, limit: int, offset: int = 0) -> list[Incident]:
    """The incidents under the filter, the most harmful first, then those with the most articles."""
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
        )
        .select_from(spread)
        .join(Finding, and_(*(getattr(Finding, name) == spread.c[name] for name in KEY), IS_OPEN))
        .join(Source, Source.id == spread.c.source_id)
        .group_by(*(spread.c[name] for name in (*KEY, "articles", "findings")), Source.name)
        .order_by(worst.desc(), spread.c.articles.desc(), func.max(Finding.id).desc())
        .limit(limit)
        .offset(offset)
    ).all()
    places = _sections(session, [Fault(*row[:3]) for row in rows])
    return [_incident(row, places) for row in rows]


def count(session: Session, chosen: Filter) -> int:
    """How many incidents there are under the filter."""
    return session.scalar(select(func.count()).select_from(_spread(chosen))) or 0


KEY = ("source_id", "rule", "text_hash")
WORDS = {rank: word for word, rank in RANKS.items()}


def _incident(row: Any, places: dict[Fault, tuple[tuple[str | None, int], ...]]) -> Incident:
    fault = Fault(*row[:3])
    said: tuple[Any, ...] = (*row[5:], places.get(fault, ()))
    return Incident(fault, row[3], WORDS[row[4]], *said)


def _spread(chosen: Filter) -> Subquery:
    """Every fault that is open in enough articles: read from its own index, no row of the table is looked at."""
    keys = (Finding.source_id, Finding.rule, Finding.text_hash)
    articles = func.count(Finding.article_id.distinct())
    query = select(*keys, articles.label("articles"), func.count().label("findings")).where(IS_OPEN)
    return _narrow(query, chosen).group_by(*keys).having(articles >= SPREADS).subquery("spread")


def _narrow(query: Select[*tuple[Any, ...]], chosen: Filter) -> Select[*tuple[Any, ...]]:
    if chosen.source is not None:
        query = query.where(Finding.source_id == select(Source.id).where(Source.name == chosen.source).scalar_subquery())
    if chosen.fault is not None:
        query = query.where(*(getattr(Finding, name) == getattr(chosen.fault, name) for name in KEY))
    if chosen.rule is not None:
        query = query.where(Finding.rule == chosen.rule)
    if chosen.severity is not None:
        query = query.where(Finding.severity == chosen.severity)
    for text in (*chosen.words, *((chosen.text,) if chosen.text else ())):
        query = query.where(Finding.text.icontains(text, autoescape=True))
    if chosen.since is not None:
        query = query.where(Finding.appeared_at >= chosen.since)
    about = {Article.section: chosen.section, Article.desk: chosen.desk, Article.byline: chosen.byline}
    if any(value is not None for value in about.values()):
        query = query.join(Article, Article.id == Finding.article_id)
        query = query.where(*(column == value for column, value in about.items() if value is not None))
    return query


def _sections(session: Session, faults: Sequence[Fault]) -> dict[Fault, tuple[tuple[str | None, int], ...]]:
    """Where each fault stands: its sections with the number of articles, the commonest first."""
    if not faults:
        return {}
    keys = (Finding.source_id, Finding.rule, Finding.text_hash)
    number = func.count(Finding.article_id.distinct())
    wanted = select(*keys, Article.section, number).join(Article, Article.id == Finding.article_id)
    these = tuple_(*keys).in_([(fault.source_id, fault.rule, fault.text_hash) for fault in faults])
    rows = session.execute(wanted.where(IS_OPEN, these).group_by(*keys, Article.section).order_by(number.desc())).all()
    found: dict[Fault, list[tuple[str | None, int]]] = {}
    for source_id, rule, text_hash, section, articles in rows:
        found.setdefault(Fault(source_id, rule, text_hash), []).append((section, articles))
    return {fault: tuple(places) for fault, places in found.items()}
