"""The queue: which articles want a look, worst and newest first, by tab and filter; and how many there are in each tab."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from reports import texts
from reports.models import Article, Finding, Source
from reports.sight import EVERYTHING, Sight
from reports.tallies import OPEN, RANKS

TABS = ("new", "back", "spreading", "timed", "snoozed", "done")
BY_HARM = ("new", "back", "timed")
MOST_COUNTED = 1_000  # counting stops here for what is done, which grows for ever, and for any tab under a filter

# In the words of the partial indexes (reports.models): a bound parameter would hide from SQLite that the index fits.
IN_TAB: dict[str, ColumnElement[bool]] = {
    "new": literal_column("article.open_new > 0"),
    "back": literal_column("article.open_back > 0"),
    "timed": literal_column("article.open_timed > 0"),
    "snoozed": literal_column("article.snoozed > 0"),
    "done": literal_column("article.findings > 0 AND article.worst = 0 AND article.snoozed = 0"),
}
IS_OPEN: ColumnElement[bool] = literal_column("finding.state IN ('open', 'reopened')")
HAS_PLACE: ColumnElement[bool] = literal_column("finding.place <> ''")
IS_SNOOZED = and_(Finding.state == "stands", Finding.snoozed_until.is_not(None))
STATES = {"open": IS_OPEN, "snoozed": IS_SNOOZED}
_STATE_OF = dict.fromkeys((*BY_HARM, "spreading"), "open") | {"snoozed": "snoozed"}  # the others are about findings in any state
HAS_OPEN = {"error": Article.open_errors, "warning": Article.open_warnings, "note": Article.open_notes}

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Fault:
    """The same fault wherever a source has it: the same text, or other texts at the same place of the template."""

    source_id: int
    rule: str
    text_hash: str = ""
    place: str = ""

    def findings(self) -> ColumnElement[bool]:
        """The condition of a query over findings."""
        same = and_(Finding.source_id == self.source_id, Finding.rule == self.rule)
        return (
            and_(same, HAS_PLACE, Finding.place == self.place) if self.place else and_(same, Finding.text_hash == self.text_hash)
        )


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
    sight: Sight = EVERYTHING  # of who asks

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out of a tab."""
        return not self.sight.desks and replace(self, sight=EVERYTHING) == Filter(tab=self.tab)


@dataclass(frozen=True)
class Overview:
    """How many articles every tab has under a filter, and when the newest of all arrived: ``arrivals`` counts from then.

    The tabs in ``more`` have more than were counted (``MOST_COUNTED``).
    """

    counts: dict[str, int]
    more: frozenset[str]
    newest: datetime | None


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
    wanted = Narrowing(chosen).over(shown.join(Source, Source.id == Article.source_id)).order_by(*order)
    return [Row(*row) for row in session.execute(wanted.limit(limit).offset(offset))]


def overview(session: Session, chosen: Filter) -> Overview:
    """Every tab's number and the newest arrival, in one statement; of the spreading faults see reports.incidents."""
    narrowing = Narrowing(chosen)
    tabs = [*IN_TAB, *(["all"] if chosen.tab == "all" else [])]
    whole = set(TABS) - {"done"} if chosen.is_whole else set()  # an index alone gives these numbers
    made = [narrowing.number(tab, up_to=None if tab in whole else MOST_COUNTED + 1) for tab in tabs]
    newest = select(func.max(Article.arrived_at)).scalar_subquery()
    *numbers, when = session.execute(select(*(query.scalar_subquery() for query in made), newest)).one()
    counts = dict(zip(tabs, numbers, strict=True))
    more = frozenset(tab for tab, number in counts.items() if tab not in whole and number > MOST_COUNTED)
    return Overview({tab: MOST_COUNTED if tab in more else number for tab, number in counts.items()}, more, when)


def arrivals(session: Session, chosen: Filter, since: datetime | None) -> int:
    """How many articles of the tab a report has brought since."""
    narrowing = Narrowing(chosen)
    return session.scalar(narrowing.number(chosen.tab, *(() if since is None else (Article.arrived_at > since,)))) or 0


def open_findings(session: Session, chosen: Filter) -> Sequence[Any]:
    """What a verdict on the filter is about: (id, serial, article_id, rule, severity) of the findings open in its articles."""
    wanted = select(Finding.id, Finding.serial, Finding.article_id, Finding.rule, Finding.severity)
    wanted = wanted.join(Article, Article.id == Finding.article_id)
    return session.execute(Narrowing(chosen).over_findings(wanted).order_by(Finding.id)).all()


@dataclass(frozen=True)
class Narrowing:
    """A filter's conditions, for as many tabs as one statement asks for: a searched text is looked for once for all of them."""

    chosen: Filter

    def over(self, query: Query, tab: str | None = None) -> Query:
        """The query over articles under the filter, in its own tab or another."""
        tab = tab or self.chosen.tab
        query = query.where(IN_TAB[tab]) if tab in IN_TAB else query
        return query.where(*_about_articles(self.chosen), *self._with_findings(tab), *self._with_words(tab))

    def over_findings(self, query: Query) -> Query:
        """The query over articles and their findings, under the filter: those that are open."""
        tab = self.chosen.tab
        query = query.where(IN_TAB[tab]) if tab in IN_TAB else query
        return query.where(*_about_articles(self.chosen), IS_OPEN, *_about_findings(self.chosen), *self._with_words(tab))

    def number(self, tab: str, *more: ColumnElement[bool], up_to: int | None = None) -> Query:
        """How many articles a tab has; ``up_to``: counted so far only."""
        if up_to is None:
            return self.over(select(func.count()).select_from(Article), tab).where(*more)
        return select(func.count()).select_from(self.over(select(Article.id), tab).where(*more).limit(up_to).subquery())

    def _with_findings(self, tab: str) -> Iterator[ColumnElement[bool]]:
        """The articles that have a finding of the tab's which is all that the filter says."""
        about = list(_about_findings(self.chosen))
        if not about:
            return
        if tab in BY_HARM and len(about) == 1 and self.chosen.severity is not None:
            yield HAS_OPEN[self.chosen.severity] > 0
            yield Article.worst >= RANKS[self.chosen.severity]  # follows from it; the indexes begin with it
        elif self.chosen.text is not None:
            yield Article.id.in_(_of_tab(self._texts, tab))
        else:
            yield select(Finding.id).where(Finding.article_id == Article.id, *_state(tab), *about).exists()

    def _with_words(self, tab: str) -> Iterator[ColumnElement[bool]]:
        return (Article.id.in_(_of_tab(found, tab)) for found in self._words)

    @cached_property
    def _texts(self) -> CTE:
        return texts.hits("texts", list(_about_findings(self.chosen)), STATES)

    @cached_property
    def _words(self) -> list[CTE]:
        words = enumerate(self.chosen.words)
        return [texts.hits(f"word_{number}", [texts.says(Finding, word)], STATES, headline=word) for number, word in words]


def _about_articles(chosen: Filter) -> Iterator[ColumnElement[bool]]:
    yield from chosen.sight.articles()
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
        yield texts.contains(Finding.text, chosen.text)
    if chosen.assignee is not None:
        yield Finding.assignee == chosen.assignee
    if chosen.unassigned:
        yield Finding.assignee.is_(None)
    if chosen.state is not None:
        yield Finding.state == chosen.state
    if chosen.fault is not None:
        yield chosen.fault.findings()


def _state(tab: str) -> tuple[ColumnElement[bool], ...]:
    """Which findings of an article a tab is about."""
    name = _STATE_OF.get(tab)
    return (STATES[name],) if name else ()


def _of_tab(found: CTE, tab: str) -> Select[int]:
    name = _STATE_OF.get(tab)
    wanted = select(found.c.article_id)
    return wanted.where(found.c[name] == 1) if name else wanted
