"""Tasks that crash the process, eat memory, or hang and will not be told: three tries, set aside, the queue goes on."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from reports.database import Database
from reports.jobs import retry
from reports.models import Delivery, Source
from reports.set_aside import jobs_set_aside
from reports.settings import Settings
from reports.sources import create_source
from rules.core.catalogue import choose
from tests.conftest import NOW, environ_of, stop, until
from tests.reports.made import CLEAN, deliver, report_on
from workers.app import create_celery
from workers.linting import mark_cut_short
from workers.redis_server import RedisServer
from workers.ring import ring

# A worker as it is, whose engine is poisoned by what stands in the article; its limits are seconds instead of a minute.
POISONED = """
import ctypes, os, time
from reports.settings import Settings
from rules.core import engine
from workers import app, main

app.SOFT_LIMIT_S, app.HARD_LIMIT_S, main.MEMORY_LIMIT = 3, 5, 300_000_000
lint = engine.lint

def poison(submission, **given):
    if b"CRASH" in submission.content:
        ctypes.string_at(0)
    if b"EAT" in submission.content:
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))
    while b"HANG" in submission.content:
        try:
            time.sleep(60)
        except BaseException:
            pass
    if b"SLOW" in submission.content:
        time.sleep(60)
    return lint(submission, **given)

engine.lint = poison
main.run_worker(Settings.from_environ(os.environ))
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A lease above the hard limit, as in production."""
    return replace(settings, lease=timedelta(seconds=7))


@pytest.fixture
def poisoned_worker(settings: Settings, redis_server: RedisServer) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", POISONED], env=environ_of(settings), start_new_session=True)
    yield process
    stop(process)


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


def outcomes(database: Database) -> dict[str, str | None]:
    with database.begin() as session:
        return dict(session.execute(select(Delivery.delivery_id, Delivery.outcome)).all())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is tried is the process, not the store
def test_poison_is_set_aside_and_the_queue_goes_on(
    database: Database, source: Source, settings: Settings, redis_server: RedisServer, poisoned_worker, start
) -> None:
    celery = create_celery(settings, redis_server.url)
    start("schedule")
    jobs = {}
    for name in ("CRASH", "EAT", "HANG", "SLOW", "fine"):
        with database.begin() as session:
            html = CLEAN + f"<p>{name}</p>"
            jobs[name] = deliver(session, source, name, html, now=datetime.now(UTC), external_id=name).job_id
        ring(celery, jobs[name])
    poison = dict.fromkeys(("CRASH", "EAT", "HANG", "SLOW"), "poisoned")
    until(lambda: outcomes(database)["fine"] == "reported", 60)
    until(lambda: outcomes(database) == poison | {"fine": "reported"}, 120)
    with database.begin() as session:
        aside = {row.id: row for row in jobs_set_aside(session)}
    assert {row.attempts for row in aside.values()} == {3}
    assert "MemoryError" in aside[jobs["EAT"]].error
    assert "longer than a task may" in aside[jobs["SLOW"]].error
    for died in ("CRASH", "HANG"):
        assert aside[jobs[died]].error == "the worker died or hung at every attempt"
    with database.begin() as session:  # a person's second chance ends the same way
        retry(session, jobs["EAT"], datetime.now(UTC))
    ring(celery, jobs["EAT"])
    until(lambda: outcomes(database)["EAT"] is None, 10)
    until(lambda: outcomes(database) == poison | {"fine": "reported"}, 60)
    assert poisoned_worker.poll() is None, "the worker itself outlives all of it"


@pytest.mark.parametrize("reason", ["crashed: SoftTimeLimitExceeded", "crashed: MemoryError"])
def test_a_report_that_a_limit_of_the_process_touched_is_incomplete(reason: str) -> None:
    report = report_on(CLEAN, NOW, list(choose()))
    assert mark_cut_short(report)["complete"]
    cut = report | {"not_run": [{"rule": "stale-note", "reason": reason}]}
    assert not mark_cut_short(cut)["complete"]
