"""The web on a real store: every test gets a database of its own, copied from one that was migrated once."""

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from reports import accounts
from reports.accounts import create_token, create_user
from reports.database import Database, open_database
from reports.settings import Settings
from reports.sources import create_source
from service.app import create_app
from tests.conftest import environ_of, stop, until
from tests.service import ready
from tests.service.command_line import ROOT
from tests.service.sender import sign
from workers.linting import Linting

NOW = datetime(2026, 11, 24, 21, 4, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PASSWORD = "a proof read twice"


@dataclass
class Web:
    """An application, its store, and the bell that it rings."""

    app: Flask
    database: Database
    rung: list[int] = field(default_factory=list)
    on_ring: Callable[[int], object] = id
    now: datetime = NOW

    def ring(self, job_id: int) -> None:
        self.on_ring(job_id)
        self.rung.append(job_id)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def settings(tmp_path, migrated_sqlite):
    shutil.copy(migrated_sqlite, tmp_path / "copydesk.sqlite3")
    return Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'copydesk.sqlite3'}")


@pytest.fixture(scope="package", autouse=True)
def _cheap_passwords():
    """Argon2 with the least work: a third of these tests' time went into making passwords dear, which tests/reports looks at."""
    dear = accounts._HASHER
    accounts._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    accounts._HASHER = dear


@pytest.fixture(scope="package", autouse=True)
def _remembered_routes():
    """What writes a route as an address is compiled once for all the applications: 65 of the 80 ms that one takes to make."""
    compile_builder, compiled = Rule._compile_builder, {}

    def remember(route, *whether_more):
        told = route.rule, repr(route.defaults), whether_more
        if told not in compiled:
            compiled[told] = compile_builder(route, *whether_more)
        return compiled[told]

    Rule._compile_builder = remember
    yield
    Rule._compile_builder = compile_builder


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """The desk's templates, compiled once for all the applications that the tests make."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def make_web(settings, database, compiled):
    def make(database=database, **changed):
        made = Web(Flask(__name__), database)
        made.app = create_app(replace(settings, **changed), database, made.ring, clock=lambda: made.now)
        made.app.jinja_env.bytecode_cache = compiled
        return made

    return make


@pytest.fixture
def web(make_web):
    return make_web()


@pytest.fixture
def web_without_store(make_web, settings):
    """Port 1 is nobody's: a PostgreSQL that is not there."""
    away = open_database(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    yield make_web(database=away)
    away.close()


@pytest.fixture
def source(database):
    with database.begin() as session:
        create_source(session, "northgate", NOW, secret=SECRET)
    return "northgate"


@pytest.fixture
def editor(database):
    with database.begin() as session:
        create_user(session, "ada", PASSWORD, NOW)
    return "ada"


@pytest.fixture
def token(database):
    def make(*scopes):
        with database.begin() as session:
            return create_token(session, "test", list(scopes), NOW)[1]

    return make


@pytest.fixture
def read_all(web):
    """Works off what was rung for, as a worker does."""

    def work():
        while web.rung:
            Linting(web.database, lambda: web.now, timedelta(seconds=90)).run(web.rung.pop(0))

    return work


@pytest.fixture
def publish(web, source, read_all):
    """Publishes a story by the webhook and has it read as a worker does; gives the article's number."""
    numbers = itertools.count(1)

    def send(html, *, event="article.published", url="https://northgate.example/ferry", read=True, **metadata):
        sent = {"type": event, "data": {"url": url, "html": html, "metadata": {"external_id": "a-1"} | metadata}}
        body = json.dumps(sent).encode()
        headers = sign(body, delivery=f"msg_{next(numbers)}", secret=SECRET, at=web.now)
        answer = web.client.post("/webhooks/northgate", data=body, headers=headers)
        assert answer.status_code == 200, answer.text
        if read:
            read_all()
        return answer.json["article"]

    return send


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def serve_web(settings):
    """``copydesk web`` as a process: the process and its log."""
    log = settings.data_dir / "web.log"
    command = [sys.executable, "-m", "service.cli", "web"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environ_of(settings), stderr=file, start_new_session=True)
        until(lambda: listens(settings.port))
        yield process, log
        stop(process)


@pytest.fixture
def served(settings, source, editor):
    """``copydesk web`` on the test's store: its port, its process, its log. It is killed, and what it left is thrown away."""
    chosen, log = replace(settings, port=free_port()), settings.data_dir / "web.log"
    process = ready.start(["web"], environ_of(chosen), ROOT, Path(os.devnull), Path(os.devnull), log)
    until(lambda: listens(chosen.port))
    yield chosen.port, process, log
    with suppress(ProcessLookupError):  # some tests end it themselves
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
