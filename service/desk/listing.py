"""The queue's page: one tab of stories or of spreading faults, its filters, and how the jobs are."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reports import history, incidents, queries, queue
from reports.facets import Facets, facets
from reports.glances import Glance, glances
from reports.incidents import Incident
from reports.models import SavedView, User
from reports.views import saved_views
from rules.core import catalogue
from service.desk.page import Banner
from service.desk.search import Asked
from service.parts import parts

PER_PAGE = 50
LAST_PAGE = 100_000  # beyond it no list reaches, and a database's whole numbers end soon after
LATE = timedelta(minutes=1)  # a job is read within seconds; one that waits a minute waits for something that broke


@dataclass(frozen=True)
class Entry:
    """One story in the list."""

    article: queue.Row
    counts: Mapping[str, int]
    messages: Sequence[Glance]

    @property
    def open(self) -> int:
        """How many of its findings are open."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Listing:
    """One page of the queue. New arrivals count from ``since``; ``known`` were ever read, counted only where none is shown.

    How many faults spread is counted on their own tab alone; elsewhere the page asks for it when it is there.
    """

    asked: Asked
    articles: tuple[Entry, ...]
    incidents: tuple[Incident, ...]
    counts: Mapping[str, int]
    more: frozenset[str]  # the tabs that have more than were counted
    total: int
    known: int
    findings: int
    since: datetime | None
    newer: int | None
    older: int | None
    jobs: tuple[Banner, ...]
    facets: Facets
    rules: tuple[str, ...]
    views: Sequence[SavedView]
    done: history.Done | None

    def shown_count(self, tab: str) -> str:
        """How many stand in a tab, and that there are more where they were counted so far only; nothing where they were not."""
        if tab not in self.counts:
            return ""
        return f"{self.counts[tab]:,}+" if tab in self.more else str(self.counts[tab])


def read_listing(asked: Asked, user: User, done: int | None = None) -> Listing:
    """The page that was asked for; ``done`` is the batch that has just been done, to be told and undone."""
    page, chosen = min(asked.page, LAST_PAGE), asked.chosen
    with parts().database.read() as session:
        overview = queue.overview(session, chosen)
        articles, spreading, counted = _rows(session, asked, page)
        counts = overview.counts | counted
        if page > 1 and not articles and not spreading:  # what stood there has been judged: the last that is known to be one
            page = max(1, math.ceil(counts[chosen.tab] / PER_PAGE))
            articles, spreading, _ = _rows(session, asked, page)
        told = history.done(session, by=user.name, limit=1, batch_id=done) if done is not None else []
        return Listing(
            asked=asked,
            articles=articles,
            incidents=spreading,
            counts=counts,
            more=overview.more,
            total=counts[chosen.tab],
            known=0 if articles or spreading else queries.count_checked_articles(session, chosen.sight),
            findings=sum(entry.open for entry in articles),
            since=overview.newest,
            newer=page - 1 if page > 1 else None,
            older=page + 1 if page * PER_PAGE < counts[chosen.tab] or _may_go_on(articles, overview, chosen.tab) else None,
            jobs=tuple(_jobs(queries.queue_health(session, parts().clock()))),
            facets=facets(session),
            rules=tuple(sorted(rule.name for rule in catalogue.load())),
            views=saved_views(session, user.id),
            done=told[0] if told else None,
        )


def _may_go_on(articles: Sequence[Entry], overview: queue.Overview, tab: str) -> bool:
    """Whether there may be more behind a page of what is counted so far only."""
    return tab in overview.more and len(articles) == PER_PAGE


def count_arrivals(asked: Asked, since: datetime | None) -> int:
    """How many stories came to the tab since."""
    with parts().database.read() as session:
        return queue.arrivals(session, asked.chosen, since)


def count_faults(asked: Asked) -> int:
    """How many faults spread under the filter."""
    with parts().database.read() as session:
        return incidents.count(session, asked.chosen)


def _rows(session: Session, asked: Asked, page: int) -> tuple[tuple[Entry, ...], tuple[Incident, ...], dict[str, int]]:
    """The page's stories or incidents, and how many incidents there are in all where they are shown."""
    offset = (page - 1) * PER_PAGE
    if asked.chosen.tab == "spreading":
        spreading, faults = incidents.incidents(session, asked.chosen, limit=PER_PAGE, offset=offset)
        return (), tuple(spreading), {"spreading": faults}
    rows = queue.entries(session, asked.chosen, limit=PER_PAGE, offset=offset)
    said = glances(session, [row.id for row in rows], asked.chosen.tab)
    return tuple(_entry(row, said[row.id]) for row in rows), (), {}


def _entry(row: queue.Row, said: Sequence[Glance]) -> Entry:
    return Entry(row, {"error": row.errors, "warning": row.warnings, "note": row.notes}, said)


def _jobs(health: queries.QueueHealth) -> Iterator[Banner]:
    waiting = health.jobs.get("queued", 0) + health.jobs.get("running", 0)
    if waiting:
        late = health.oldest_queued is not None and health.oldest_queued > LATE
        yield Banner("error" if late else "note", f"{waiting} to be read.", _patience(health.oldest_queued, late=late))
    if aside := health.jobs.get("poisoned", 0):
        yield Banner("error", f"{aside} set aside after three tries.", "The page /jobs/ says why, and tries again.")


def _patience(oldest: timedelta | None, *, late: bool) -> str:
    if not late or oldest is None:
        return "They show up here when they have been."
    return f"The oldest has waited {oldest.total_seconds() / 60:.0f} min. Is a worker running? copydesk worker starts one."
