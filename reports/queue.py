"""The queue: which articles want a look, worst and newest first, by tab and filter; and how many there are in each tab."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from reports.models import Article, Finding, Source
from reports.tallies import OPEN

TABS = ("new", "back", "spreading", "timed", "snoozed", "done")
BY_HARM = ("new", "back", "timed")
MOST_DONE = 1_000  # as far as what is done is counted: it grows for ever, and nobody acts on how many there are

# In the words of the partial indexes (reports.models): a bound parameter would hide from SQLite that the index fits.
IN_TAB: dict[str, ColumnElement[bool]] = {
    "new": literal_column("article.open_new > 0"),
    "back": literal_column("article.open_back > 0"),
    "timed": literal_column("article.open_timed > 0"),
    "snoozed": literal_column("article.snoozed > 0"),
    "done": literal_column("article.findings > 0 AND article.worst = 0 AND article.snoozed = 0"),
}
IS_OPEN: ColumnElement[bool] = literal_column("finding.state IN ('open', 'reopened')")
IS_SNOOZED = and_(Finding.state == "stands", Finding.snoozed_until.is_not(None))


@dataclass(frozen=True)
class Fault:
    """The same fault wherever a source has it."""

    source_id: int
    rule: str
    text_hash: str


@dataclass(frozen=True)
class Filter:
    """What the queue is narrowed to; None says nothing. ``words`` stand in the headline or in a finding's text or message."""

    tab: str = "new"
    desk: str | None = None
    section: str | None = None
    source: str | None = None
    byline: str | None = None
    since: datetime | None = None
    rule: str | None = None
    severity: str | None = None
    text: str | None = None
    state: str | None = None
    assignee: str | None = None
    unassigned: bool = False
    fault: Fault | None = None
    words: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()  # picked one by one


@dataclass(frozen=True)
class Row:
    """An article in the queue."""

    id: int
    headline: str | None
    url: str | None
    source: str
    section: str | None
    byline: str | None
    desk: str | None
    arrived_at: datetime | None
    errors: int
    warnings: int
    notes: int


def entries(session: Session, chosen: Filter, *, limit: int, offset: int = 0) -> list[Row]:
    """The articles of a tab: worst and newest first, or by their last activity where nothing is open."""
    harm = (Article.worst.desc(), Article.arrived_at.desc(), Article.id.desc())
    order = harm if chosen.tab in BY_HARM else (Article.last_activity.desc(), Article.id.desc())
    counts = (Article.open_errors, Article.open_warnings, Article.open_notes)
    about = (Article.section, Article.byline, Article.desk)
    shown = select(Article.id, Article.headline, Article.url, Source.name, *about, Article.arrived_at, *counts)
    wanted = narrow(shown.join(Source, Source.id == Article.source_id), chosen).order_by(*order)
    return [Row(*row) for row in session.execute(wanted.limit(limit).offset(offset))]


def counts(session: Session, chosen: Filter) -> dict[str, int]:
    """How many articles every tab has under the filter; of the spreading faults see reports.incidents.

    What is done is counted to ``MOST_DONE``; one more stands for "and more".
    """
    made = {name: _number(replace(chosen, tab=name)) for name in IN_TAB if name != "done"}
    made["done"] = _number_up_to(MOST_DONE + 1, replace(chosen, tab="done"))
    row = session.execute(select(*(query.scalar_subquery().label(name) for name, query in made.items()))).one()
    return dict(row._mapping)  # noqa: SLF001 - the documented way to a mapping


def arrivals(session: Session, chosen: Filter, since: datetime | None) -> int:
    """How many articles of the tab a report has brought since."""
    if since is None:
        return session.scalar(_number(chosen)) or 0
    return session.scalar(_number(chosen).where(Article.arrived_at > since)) or 0


def newest(session: Session, chosen: Filter) -> datetime | None:
    """When the newest article of the tab arrived: what ``arrivals`` counts from."""
    found: datetime | None = session.scalar(narrow(select(func.max(Article.arrived_at)), chosen))
    return found


def open_findings(session: Session, chosen: Filter) -> Sequence[Any]:
    """The findings that a verdict on the filter is about: (id, serial, article_id) of those open in its articles."""
    wanted = select(Finding.id, Finding.serial, Finding.article_id).join(Article, Article.id == Finding.article_id)
    return session.execute(narrow(wanted, chosen, joined=True).order_by(Finding.id)).all()


def narrow(query: Select[*tuple[Any, ...]], chosen: Filter, *, joined: bool = False) -> Select[*tuple[Any, ...]]:
    """The query over articles (``joined``: over them and their findings) under the filter."""
    query = query.where(IN_TAB[chosen.tab]) if chosen.tab in IN_TAB else query
    query = query.where(*_about_articles(chosen))
    about = list(_about_findings(chosen))
    if joined:
        return query.where(_state(chosen, bulk=True), *about)
    if about:
        query = query.where(select(Finding.id).where(Finding.article_id == Article.id, _state(chosen), *about).exists())
    for word in chosen.words:
        query = query.where(_has(word, chosen))
    return query


def _number(chosen: Filter) -> Select[*tuple[Any, ...]]:
    return narrow(select(func.count()).select_from(Article), chosen)


def _number_up_to(most: int, chosen: Filter) -> Select[*tuple[Any, ...]]:
    return select(func.count()).select_from(narrow(select(Article.id), chosen).limit(most).subquery())


def _about_articles(chosen: Filter) -> Iterator[ColumnElement[bool]]:
    if chosen.articles:
        yield Article.id.in_(chosen.articles)
    if chosen.section is not None:
        yield Article.section == chosen.section
    if chosen.byline is not None:
        yield Article.byline == chosen.byline
    if chosen.source is not None:
        yield Article.source_id == select(Source.id).where(Source.name == chosen.source).scalar_subquery()
    if chosen.since is not None:
        yield Article.last_activity >= chosen.since
    if chosen.desk is not None:
        handed = select(Finding.article_id).where(Finding.desk == chosen.desk, Finding.state.in_(OPEN))
        yield or_(Article.desk == chosen.desk, Article.id.in_(handed))


def _about_findings(chosen: Filter) -> Iterator[ColumnElement[bool]]:
    if chosen.rule is not None:
        yield Finding.rule == chosen.rule
    if chosen.severity is not None:
        yield Finding.severity == chosen.severity
    if chosen.text is not None:
        yield _contains(Finding.text, chosen.text)
    if chosen.assignee is not None:
        yield Finding.assignee == chosen.assignee
    if chosen.unassigned:
        yield Finding.assignee.is_(None)
    if chosen.state is not None:
        yield Finding.state == chosen.state
    if chosen.fault is not None:
        yield Finding.source_id == chosen.fault.source_id
        yield Finding.rule == chosen.fault.rule
        yield Finding.text_hash == chosen.fault.text_hash


def _state(chosen: Filter, *, bulk: bool = False) -> ColumnElement[bool]:
    """Which findings of an article a tab is about; a verdict on many is always about open ones."""
    if bulk or chosen.tab in BY_HARM or chosen.tab == "spreading":
        return IS_OPEN
    return IS_SNOOZED if chosen.tab == "snoozed" else Finding.id > 0


def _has(word: str, chosen: Filter) -> ColumnElement[bool]:
    said = or_(_contains(Finding.text, word), _contains(Finding.message, word))
    there = select(Finding.id).where(Finding.article_id == Article.id, _state(chosen), said).exists()
    return or_(_contains(Article.headline, word), there)


def _contains(column: Any, text: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.icontains(text, autoescape=True)
    return found
