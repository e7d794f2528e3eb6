"""A publish overtakes a sweep: with a real Redis, a real worker and both stores."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import func, select

from reports import jobs
from reports.database import Database
from reports.models import Delivery, Event, Job, Report, Source
from reports.settings import Settings
from reports.sources import create_source
from service.sweeping.archive import LineArchive
from service.sweeping.stored import StoredSweep
from tests.conftest import NOW, environ_of, until
from tests.reports.made import JUNK, deliver
from workers.app import LAST_QUEUE, QUEUE, create_celery
from workers.redis_server import RedisServer
from workers.relay import ring_again
from workers.ring import ring

SWEPT = 300
LINE = '{{"url": "https://daily.example/{0}", "html": "<h1>Rain {0}</h1><p>Rain fell.</p><p>{{{{ title }}}}</p>"}}\n'


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


@pytest.fixture
def archive(tmp_path: Path) -> LineArchive:
    path = tmp_path / "stories.jsonl"
    path.write_text("".join(LINE.format(number) for number in range(SWEPT)) + "{half a li\n")
    return LineArchive(str(path))


@pytest.fixture
def sweep(database: Database, source: Source, settings: Settings, redis_server: RedisServer) -> StoredSweep:
    celery = create_celery(settings, redis_server.url)
    bell = partial(ring, celery, queue=LAST_QUEUE)
    return StoredSweep(database, bell, lambda: datetime.now(UTC), source.name, settings.data_dir / "sweeps" / "daily.json")


def done(database: Database, cause: str) -> list[int]:
    """The reports of that cause, in the order they were made."""
    with database.begin() as session:
        query = select(Report.id).join(Job, Job.revision_id == Report.revision_id).where(Job.cause == cause).order_by(Report.id)
        return list(session.scalars(query))


def hand_over(sweep: StoredSweep, archive: LineArchive) -> list[str | None]:
    """Everything but the waiting for the workers."""
    steps = sweep.run(archive, sweep.begin(archive.path))
    return [next(steps).fault for _ in range(SWEPT + 1)]


def test_a_publish_overtakes_a_sweep(
    database: Database,
    source: Source,
    settings: Settings,
    redis_server: RedisServer,
    sweep: StoredSweep,
    archive: LineArchive,
    start: Callable[[str], subprocess.Popen[bytes]],
) -> None:
    faults = hand_over(sweep, archive)
    assert [fault is None for fault in faults] == [True] * SWEPT + [False]
    with Redis.from_url(redis_server.url) as client:
        assert client.llen(LAST_QUEUE) == SWEPT
        assert client.llen(QUEUE) == 0
    start("worker")
    until(lambda: done(database, jobs.SWEPT))
    with database.begin() as session:
        job = deliver(session, source, "published", JUNK, now=datetime.now(UTC), external_id="published").job_id
    assert job is not None
    behind = len(done(database, jobs.SWEPT))
    assert ring(create_celery(settings, redis_server.url), job)
    (published,) = until(lambda: done(database, "delivery"))
    overtaken = [report for report in done(database, jobs.SWEPT) if report < published]
    assert len(overtaken) < SWEPT / 2, "it did not wait for the sweep"
    assert len(overtaken) <= behind + 60, "at most what ran and was reserved, and what ended between two looks"
    until(lambda: len(done(database, jobs.SWEPT)) == SWEPT, 120)
    with database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == SWEPT + 1
        assert session.scalar(select(func.count()).select_from(Event)), "their findings are on the desk"


def test_a_sweep_that_is_handed_over_again_is_known(database: Database, sweep: StoredSweep, archive: LineArchive) -> None:
    """The process ended after the store had taken the records, and before it had written down that it had."""
    hand_over(sweep, archive)
    sweep.kept.unlink()
    hand_over(sweep, archive)
    with database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == SWEPT
        assert set(session.scalars(select(Delivery.duplicates))) == {1}


def test_a_sweep_that_goes_on_rings_for_what_the_last_one_stored_and_did_not_ring_for(
    database: Database, source: Source, sweep: StoredSweep, archive: LineArchive
) -> None:
    """It was killed between a commit and its bell: without a scheduler nobody would ever ring, and with one after ten minutes."""
    next(replace(sweep, ring=lambda _: None).run(archive, sweep.begin(archive.path)))
    with database.begin() as session:
        stored = session.scalars(select(Job.id).order_by(Job.id)).all()
        session.get_one(Job, stored[0]).state = "running"
        other = create_source(session, "other", NOW)
    rung: list[int] = []
    next(replace(sweep, ring=rung.append).run(archive, sweep.begin(archive.path)))
    assert rung == stored[1:], "and none twice: what is handed over once more is known"
    rung.clear()
    another = replace(sweep, ring=rung.append, source=other.name, kept=sweep.kept.with_name("other.json"))
    next(another.run(archive, another.begin(archive.path)))
    assert not set(stored) & set(rung)


def test_the_relay_rings_for_a_sweep_last_and_seldom(
    database: Database, source: Source, settings: Settings, sweep: StoredSweep, archive: LineArchive
) -> None:
    hand_over(sweep, archive)
    rung: list[int] = []
    soon = datetime.now(UTC) + settings.ring_after * 2
    assert ring_again(database, rung.append, soon, settings.ring_after) == 0
    assert ring_again(database, rung.append, soon, settings.ring_after, swept=True) == 0
    late = datetime.now(UTC) + settings.ring_after * 2 * jobs.SWEPT_PATIENCE
    assert ring_again(database, rung.append, late, settings.ring_after, swept=True) == SWEPT


def test_the_command_hands_an_archive_over_and_waits_until_it_is_read(
    database: Database,
    source: Source,
    settings: Settings,
    redis_server: RedisServer,
    archive: LineArchive,
    start: Callable[[str], subprocess.Popen[bytes]],
) -> None:
    """Killed in the middle, called again, and once more when all is done."""
    start("worker")
    command = [sys.executable, "-m", "service.cli", "sweep", archive.path, "--source", source.name]
    first = subprocess.Popen(command, env=environ_of(settings), stderr=subprocess.DEVNULL)
    until(lambda: len(done(database, jobs.SWEPT)) > 20, 60)
    first.kill()
    first.wait(10)
    said = subprocess.run(command, env=environ_of(settings), capture_output=True, text=True, timeout=200, check=False)
    assert said.returncode == 2, "one record is broken"
    assert f"{SWEPT + 1} records swept. 1 could not be read." in said.stdout
    assert len(done(database, jobs.SWEPT)) == SWEPT
    with database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == SWEPT
    again = subprocess.run(command, env=environ_of(settings), capture_output=True, text=True, timeout=60, check=False)
    assert "the store holds it already" in again.stdout
