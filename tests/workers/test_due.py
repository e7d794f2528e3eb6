"""What falls due is linted once, at its time, whatever restarts and however the clock jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from celery import Celery
from sqlalchemy import func, select

from reports.database import Database
from reports.models import Article, Finding, Job, Report, Source
from reports.settings import Settings
from reports.sources import create_source
from tests.conftest import NOW, until
from tests.reports.made import deliver
from tests.workers.test_queue import Start, kill_all
from workers.app import create_celery
from workers.linting import Linting
from workers.redis_server import RedisServer
from workers.relay import ring_due
from workers.ring import ring
from workers.schedule import Schedule

NOTE = "<p>Rain fell on the town.</p><p>More to follow.</p>"
STALE = timedelta(hours=12)
LEASE = timedelta(seconds=60)


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


@pytest.fixture
def celery(settings: Settings, redis_server: RedisServer) -> Celery:
    return create_celery(settings, redis_server.url)


def send(database: Database, source: Source, published_at: datetime, number: str = "1", *, now: datetime | None = None) -> int:
    with database.begin() as session:
        about = {"external_id": f"story-{number.partition('.')[0]}", "revision": number, "published_at": published_at}
        job = deliver(session, source, number, NOTE, now=now or datetime.now(UTC), **about).job_id  # type: ignore[arg-type]
    assert job is not None
    return job


def found(database: Database) -> dict[str, str]:
    """The findings' rules, and what made the job that first found each."""
    with database.begin() as session:
        return dict(session.execute(select(Finding.rule, Finding.cause)).all())


def reports(database: Database) -> int:
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Report)) or 0


def due_jobs(database: Database) -> int:
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.cause == "due")) or 0


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def scheduled(database: Database, clock: Clock, lint_clock: Clock) -> Iterator[Schedule]:
    """A scheduler whose jobs are worked off at once, by a worker with a clock of its own."""
    linting = Linting(database, lint_clock, LEASE)
    yield Schedule(database, linting.run, clock, LEASE, timedelta(seconds=1))


def test_a_finding_appears_with_time_though_everything_restarts(
    database: Database, source: Source, celery: Celery, redis_server: RedisServer, start: Start
) -> None:
    """Linted while fresh; then worker, scheduler and Redis are killed, and started again only after it fell due."""
    worker, schedule = start("worker"), start("schedule")
    due = datetime.now(UTC) + timedelta(seconds=8)
    ring(celery, send(database, source, due - STALE))
    until(partial(reports, database))
    assert found(database) == {}
    with database.begin() as session:
        assert session.scalar(select(Article.due_at)) == due.replace(microsecond=0) + timedelta(seconds=1)
    for process in (worker, schedule):
        kill_all(process)
    redis_server.kill()
    until(lambda: datetime.now(UTC) > due + timedelta(seconds=1))
    redis_server.start()
    start("worker")
    start("schedule")
    until(partial(found, database))
    assert found(database) == {"stale-note": "due"}
    start("schedule")  # a second scheduler finds nothing left to do
    until(lambda: datetime.now(UTC) > due + timedelta(seconds=4))
    assert (reports(database), due_jobs(database)) == (2, 1)


def test_a_clock_that_jumps_forward_and_back_lints_once(database: Database, source: Source) -> None:
    clock = Clock(NOW)
    with scheduled(database, clock, clock) as schedule:
        Linting(database, clock, LEASE).run(send(database, source, NOW, now=NOW))
        clock.now = NOW + timedelta(days=400)
        schedule.step()
        assert found(database) == {"stale-note": "due"}
        for jump in (timedelta(hours=1), timedelta(hours=13), timedelta(days=401), -timedelta(days=3)):
            clock.now = NOW + jump
            schedule.step()
    assert (due_jobs(database), reports(database)) == (1, 2)
    assert found(database) == {"stale-note": "due"}


def test_a_worker_whose_clock_is_behind_does_not_send_it_round_in_circles(database: Database, source: Source) -> None:
    """The scheduler's clock has passed the due time and the worker's has not: the job is worked off as of when it was queued."""
    ahead, behind = Clock(NOW + STALE), Clock(NOW + timedelta(hours=11))
    Linting(database, behind, LEASE).run(send(database, source, NOW, now=NOW))
    with scheduled(database, ahead, behind) as schedule:
        for _ in range(5):
            schedule.step()
    assert (due_jobs(database), found(database)) == (1, {"stale-note": "due"})


def test_a_clock_that_was_set_back_only_waits(database: Database, source: Source) -> None:
    clock = Clock(NOW)
    Linting(database, clock, LEASE).run(send(database, source, NOW, now=NOW))
    with scheduled(database, clock, clock) as schedule:
        clock.now = NOW - timedelta(days=30)
        schedule.step()
        assert due_jobs(database) == 0
        clock.now = NOW + STALE
        schedule.step()
    assert (due_jobs(database), found(database)) == (1, {"stale-note": "due"})


@pytest.mark.parametrize(
    ("published", "due"),
    [
        ("2026-03-28T20:00:00+01:00", "2026-03-29T07:00:00+00:00"),  # the night is an hour short: 09:00 on the wall
        ("2026-10-24T20:00:00+02:00", "2026-10-25T06:00:00+00:00"),  # and here an hour long: 07:00 on the wall
    ],
)
def test_half_a_day_is_twelve_hours_in_the_nights_when_clocks_change(
    database: Database, source: Source, published: str, due: str
) -> None:
    evening, falls_due = datetime.fromisoformat(published), datetime.fromisoformat(due)
    clock = Clock(evening)
    Linting(database, clock, LEASE).run(send(database, source, evening, now=evening))
    with scheduled(database, clock, clock) as schedule:
        clock.now = falls_due - timedelta(seconds=1)
        schedule.step()
        assert due_jobs(database) == 0
        clock.now = falls_due
        schedule.step()
    assert (due_jobs(database), found(database)) == (1, {"stale-note": "due"})


def test_a_revision_moves_the_one_job_of_its_article(database: Database, source: Source) -> None:
    """A revision that comes after the due job was queued and before it is worked off: the job lints nothing old."""
    clock = Clock(NOW)
    linting = Linting(database, clock, LEASE)
    linting.run(send(database, source, NOW, "1.1", now=NOW))
    clock.now = NOW + STALE
    queued: list[int] = []
    ring_due(database, queued.append, clock())
    second = send(database, source, NOW + timedelta(hours=11), "1.2", now=clock())
    linting.run(second)
    for job in queued:
        linting.run(job)
    assert found(database) == {}, "somebody changed the story an hour ago"
    ring_due(database, queued.append, NOW + timedelta(hours=22))
    assert len(queued) == 1, "the old time is gone"
    ring_due(database, queued.append, NOW + timedelta(hours=23))
    assert len(queued) == 2
