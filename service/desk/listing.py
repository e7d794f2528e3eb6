"""The list's view of the store: one page of stories with findings, the worst first, and how the queue is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reports import queries
from reports.glances import Glance, glances
from service.desk.page import Banner
from service.parts import parts

PER_PAGE = 50
LAST_PAGE = 100_000  # beyond it no list reaches, and a database's whole numbers end soon after
LATE = timedelta(minutes=1)  # a job is read within seconds; one that waits a minute waits for something that broke


@dataclass(frozen=True)
class Entry:
    """One story in the list."""

    id: int
    headline: str | None
    source: str
    checked_at: datetime
    counts: Mapping[str, int]
    messages: Sequence[Glance]


@dataclass(frozen=True)
class Listing:
    """One page of the list; ``known`` counts every story that was ever read."""

    articles: tuple[Entry, ...]
    total: int
    known: int
    newer: int | None
    older: int | None
    queue: tuple[Banner, ...]


def read_listing(page: int) -> Listing:
    """Page ``page`` of the list, from 1."""
    page = min(max(page, 1), LAST_PAGE)
    with parts().database.begin() as session:
        total = queries.count_articles_with_findings(session)
        return Listing(
            articles=_entries(session, page),
            total=total,
            known=queries.count_checked_articles(session),
            newer=page - 1 if page > 1 else None,
            older=page + 1 if page * PER_PAGE < total else None,
            queue=tuple(_queue(queries.queue_health(session, parts().clock()))),
        )


def _entries(session: Session, page: int) -> tuple[Entry, ...]:
    rows = queries.articles_with_findings(session, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    said = glances(session, [row.id for row in rows])
    return tuple(_entry(row, said[row.id]) for row in rows)


def _entry(row: queries.ArticleRow, said: Sequence[Glance]) -> Entry:
    counts = {"error": row.errors, "warning": row.warnings, "note": row.notes}
    return Entry(row.id, row.headline or row.url, row.source, row.checked_at, counts, said)


def _queue(health: queries.QueueHealth) -> Iterator[Banner]:
    waiting = health.jobs.get("queued", 0) + health.jobs.get("running", 0)
    if waiting:
        late = health.oldest_queued is not None and health.oldest_queued > LATE
        yield Banner("error" if late else "note", f"{waiting} to be read.", _patience(health.oldest_queued, late=late))
    if aside := health.jobs.get("poisoned", 0):
        yield Banner("error", f"{aside} set aside after three tries.", "The page /jobs/ says why, and tries again.")


def _patience(oldest: timedelta | None, *, late: bool) -> str:
    if not late or oldest is None:
        return "They show up here when they have been; reload the page."
    return f"The oldest has waited {oldest.total_seconds() / 60:.0f} min. Is a worker running? copydesk worker starts one."
