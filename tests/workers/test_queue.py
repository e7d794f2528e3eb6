"""The real thing: a Redis server, worker processes, both stores. Whatever dies, every delivery is reported once."""

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import psutil
import pytest
from celery import Celery
from redis import Redis
from sqlalchemy import func, select, update

from reports.database import Database
from reports.jobs import RING_AT_ONCE
from reports.models import Delivery, Job, Report, Source
from reports.settings import Settings
from reports.sources import create_source
from tests.conftest import NOW, until
from tests.reports.made import JUNK, deliver
from workers.app import ANSWER_S, QUEUE, create_celery
from workers.redis_server import RedisServer
from workers.relay import ring_again
from workers.ring import ring, waiting
from workers.schedule import Schedule

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


@pytest.fixture
def celery(settings: Settings, redis_server: RedisServer) -> Celery:
    return create_celery(settings, redis_server.url)


def send(database: Database, source: Source, number: int, html: str = JUNK) -> int:
    with database.begin() as session:
        job = deliver(session, source, f"d{number}", html, now=datetime.now(UTC), external_id=f"story-{number}").job_id
    assert job is not None
    return job


def reported(database: Database) -> int:
    with database.begin() as session:
        ended = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.outcome == "reported"))
    return ended or 0


def states(database: Database) -> dict[str, int]:
    with database.begin() as session:
        return dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())


def test_a_delivery_is_reported(database: Database, source: Source, celery: Celery, start: Start) -> None:
    start("worker")
    assert ring(celery, send(database, source, 1))
    until(partial(reported, database))
    with database.begin() as session:
        report = session.scalars(select(Report)).one().body
    assert [finding["rule"] for finding in report["findings"]] == ["widget-error-text"]


def test_the_worker_dies_in_the_middle(database: Database, source: Source, celery: Celery, start: Start) -> None:
    """A worker claims a job and is killed with -9: the lease runs out, the relay rings, another worker reports."""
    job = send(database, source, 1)
    with database.begin() as session:  # as a worker that died right after its claim leaves it
        session.execute(update(Job).values(state="running", attempts=1, lease_until=datetime.now(UTC)))
    start("worker")
    start("schedule")
    until(partial(reported, database))
    with database.begin() as session:
        assert session.scalar(select(Job.attempts).where(Job.id == job)) == 2


def test_workers_are_killed_under_load(database: Database, source: Source, celery: Celery, start: Start) -> None:
    start("schedule")
    worker = start("worker")
    count = 60
    for number in range(count):
        ring(celery, send(database, source, number))
        if number % 20 == 10:
            kill_all(worker)
            worker = start("worker")
    until(lambda: reported(database) == count, 60)
    with database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == count


def test_redis_restarts_under_load(
    database: Database, source: Source, celery: Celery, redis_server: RedisServer, start: Start
) -> None:
    start("schedule")
    worker = start("worker")
    for number in range(40):
        ring(celery, send(database, source, number))
        if number in (10, 25):
            redis_server.kill()
            assert ring(celery, send(database, source, 100 + number)) is False, "nobody answers; the store knows the job"
            redis_server.start()
    until(lambda: reported(database) == 42, 60)
    assert worker.poll() is None, "the worker outlives its Redis"


def test_a_job_that_kills_its_worker_is_set_aside(database: Database, source: Source, celery: Celery, start: Start) -> None:
    """Three attempts that each end with the death of the process; the jobs behind it go on."""
    poison = send(database, source, 1)
    with database.begin() as session:
        session.execute(update(Job).values(state="running", attempts=3, lease_until=datetime.now(UTC)))
    start("worker")
    start("schedule")
    ring(celery, send(database, source, 2))
    until(lambda: states(database) == {"poisoned": 1, "done": 1})
    with database.begin() as session:
        assert session.scalar(select(Job.state).where(Job.id == poison)) == "poisoned"


def test_messages_carry_a_number_and_nothing_else(
    database: Database, source: Source, celery: Celery, redis_server: RedisServer
) -> None:
    ring(celery, send(database, source, 1))
    with Redis.from_url(redis_server.url) as client:
        (message,) = client.lrange(QUEUE, 0, -1)
    assert b"copydesk.lint_job" in message
    assert b"Rain fell" not in message


def test_a_redis_that_hangs_keeps_nobody_waiting(
    database: Database, source: Source, celery: Celery, redis_server: RedisServer
) -> None:
    """It takes the call and does not answer: the sender of a delivery, and the relay, go on without it."""
    assert ring(celery, 1)
    with Redis.from_url(redis_server.url) as client:
        frozen = psutil.Process(client.info("server")["process_id"])
    frozen.suspend()
    try:
        began = time.monotonic()
        assert ring(celery, 2) is False
        assert waiting(celery) == 0
        with database.begin() as session:
            for number in range(5):
                deliver(session, source, f"d{number}", JUNK, now=NOW, external_id=f"story-{number}")
        rung = ring_again(database, partial(ring, celery), NOW + timedelta(minutes=1), timedelta(seconds=10))
        assert rung == 0, "after the first that nobody heard the others wait for the next round"
        assert time.monotonic() - began < 5 * ANSWER_S
    finally:
        frozen.resume()
    assert ring(celery, 3)


def test_a_night_without_a_worker_does_not_fill_redis(
    database: Database, source: Source, celery: Celery, redis_server: RedisServer
) -> None:
    """The relay rings for each waiting job again and again; its rings may not pile up."""
    with database.begin() as session:
        for number in range(RING_AT_ONCE + 50):
            deliver(session, source, f"d{number}", JUNK, now=NOW, external_id=f"story-{number}")
    night = itertools.count(1)
    schedule = Schedule(
        database,
        partial(ring, celery),
        lambda: NOW + timedelta(minutes=next(night)),
        timedelta(seconds=10),
        timedelta(seconds=5),
        waiting=partial(waiting, celery),
    )
    for _ in range(20):
        schedule.step()
    with Redis.from_url(redis_server.url) as client:
        assert RING_AT_ONCE <= client.llen(QUEUE) < 2 * RING_AT_ONCE


def test_a_full_redis_ends_a_worker_with_a_failure_and_loses_nothing(
    database: Database, source: Source, celery: Celery, redis_server: RedisServer, start: Start
) -> None:
    """Celery's worker gives up when it cannot write down what it took; whoever watches it must see that it failed."""
    ring(celery, send(database, source, 1))
    ring(celery, send(database, source, 2))
    with Redis.from_url(redis_server.url) as client:
        client.config_set("maxmemory", "1")
        worker = start("worker")
        assert worker.wait(30) == 1
        assert ring(celery, send(database, source, 3)) is False, "the store knows the job"
        client.config_set("maxmemory", "0")
    start("worker")
    start("schedule")
    until(lambda: reported(database) == 3)


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """-9 for a worker and its children, as the kernel's memory killer does."""
    for child in psutil.Process(process.pid).children(recursive=True):
        child.kill()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
