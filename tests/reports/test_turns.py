import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

import reports.database
from reports.database import Database, open_database
from reports.errors import StoreDownError
from reports.models import Source
from reports.settings import Settings
from reports.turns import PATIENCE_S
from tests.conftest import NOW, environ_of, until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL has as many writers as come

HOLD = """
import os, sys, time
from reports.database import open_database
from reports.settings import Settings
with open_database(Settings.from_environ(os.environ)).begin() as session:
    session.connection()
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _written(database: Database) -> None:
    """Somebody wrote before: the files by which turns are taken are there."""
    with database.begin() as session:
        session.connection()


@pytest.fixture
def patient(database: Database, settings: Settings) -> Iterator[Database]:
    """The store, as a worker opens it."""
    opened = open_database(settings, patient=True)
    yield opened
    opened.close()


def write(database: Database, name: str, written: Callable[[str], object] = lambda _: None) -> None:
    with database.begin() as session:
        session.execute(insert(Source), {"name": name, "kind": "standard", "created_at": NOW})
        written(name)


def in_a_thread(database: Database, name: str, written: Callable[[str], object]) -> threading.Thread:
    thread = threading.Thread(target=write, args=(database, name, written))
    thread.start()
    return thread


def descriptors(database: Database, name: str) -> int:
    """How many descriptors this process has of such a file of the store."""
    links = (link for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
    return sum(link.readlink() == Path(f"{database.engine.url.database}-{name}") for link in links)


def is_held(database: Database, name: str) -> bool:
    """Whether somebody has the lock on such a file of the store."""
    with Path(f"{database.engine.url.database}-{name}").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.parametrize("attempt", range(8))  # by chance the right one might go first
def test_a_patient_writer_lets_the_others_go_first(database: Database, patient: Database, attempt: int) -> None:
    order: list[str] = []
    with patient.begin() as session:
        session.connection()
        before = descriptors(patient, "turn")
        threads = [in_a_thread(patient, f"patient-{attempt}", order.append)]
        until(lambda: descriptors(patient, "turn") == before + 1)
        threads.append(in_a_thread(database, f"hurried-{attempt}", order.append))
        until(lambda: is_held(database, "hurry"))
        time.sleep(0.05)  # both have asked
    for thread in threads:
        thread.join()
    assert order == [f"hurried-{attempt}", f"patient-{attempt}"]


def test_who_asks_while_a_patient_one_looks_is_seen_all_the_same(database: Database, patient: Database) -> None:
    with patient.begin() as session:
        session.connection()
        with Path(f"{database.engine.url.database}-hurry").open("rb") as looking:
            fcntl.flock(looking, fcntl.LOCK_EX)
            asking = in_a_thread(database, "hurried", lambda _: None)
            time.sleep(0.3)  # it has asked
        until(lambda: is_held(database, "hurry"), 5)
    asking.join()


def test_patience_ends(patient: Database, database: Database) -> None:
    with Path(f"{database.engine.url.database}-hurry").open("rb") as waiting:  # as somebody has it who always waits
        fcntl.flock(waiting, fcntl.LOCK_SH)
        began = time.monotonic()
        write(patient, "patient")
    assert PATIENCE_S <= time.monotonic() - began < reports.database.BUSY_S / 2


def test_the_turn_of_a_killed_process_is_free(database: Database, settings: Settings) -> None:
    database.close()
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, env=environ_of(settings), stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"writing\n"
        holder.send_signal(signal.SIGKILL)
    began = time.monotonic()
    write(database, "after")
    assert time.monotonic() - began < PATIENCE_S


def test_a_turn_ends_however_its_transaction_does(database: Database, patient: Database) -> None:
    class WrongError(Exception):
        pass

    def fail(_: str) -> None:
        raise WrongError

    with pytest.raises(WrongError):
        write(database, "undone", fail)
    began = time.monotonic()
    write(patient, "kept")
    with database.read() as session:
        assert list(session.scalars(select(Source.name))) == ["kept"]
    assert time.monotonic() - began < PATIENCE_S


def test_a_turn_that_does_not_come_is_not_waited_for_for_ever(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.database, "BUSY_S", 0.2)
    short = open_database(settings)
    with Path(f"{short.engine.url.database}-turn").open("r+b") as stuck:
        fcntl.flock(stuck, fcntl.LOCK_EX)
        write(short, "through")
    with short.read() as session:
        assert session.scalar(select(func.count()).select_from(Source)) == 1
    short.close()


def test_a_closed_store_leaves_no_descriptor(database: Database) -> None:
    write(database, "one")
    assert descriptors(database, "turn") == descriptors(database, "hurry") == 1
    database.close()
    assert descriptors(database, "turn") == descriptors(database, "hurry") == 0


def test_who_may_use_the_database_may_use_its_turns(database: Database, settings: Settings) -> None:
    """Root looks after a store that the service's own user made: the service must not find files that it cannot open."""
    path = Path(database.engine.url.database or "")
    database.close()
    for name in ("turn", "hurry"):
        Path(f"{path}-{name}").unlink()
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    write(database, "by-root")
    for name in ("turn", "hurry"):
        made = Path(f"{path}-{name}").stat()
        assert (made.st_uid, made.st_mode & 0o777) == (path.stat().st_uid, 0o640)


def test_a_turn_that_cannot_be_asked_for_says_what_to_do(database: Database) -> None:
    path = Path(f"{database.engine.url.database}-turn")
    database.close()
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreDownError, match="-turn cannot be used"):
        write(database, "never")
