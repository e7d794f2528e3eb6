"""Everything on this machine: which parts ``serve`` runs, in which order, and with which settings."""

import os
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import service
from reports.accounts import list_users
from reports.database import Database, open_database
from reports.settings import Settings
from service.data_lock import hold
from service.supervisor import Part, Supervisor
from service.web import check_free
from workers.redis_server import answers, find_redis, redis_dir, server_command, socket_url

CODE = Path(service.__file__).resolve().parent.parent
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where to look when it listens on all addresses


@dataclass(frozen=True)
class Installation:
    """One data directory, its store and the parts that run on it."""

    settings: Settings
    environ: Mapping[str, str]
    say: Callable[[str], object]
    logs: Path | None = None  # where the parts' own lines go; None: to standard error

    @property
    def address(self) -> str:
        """Where the desk is."""
        host = EVERYWHERE.get(self.settings.host, self.settings.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    @contextmanager
    def run(self) -> Iterator[tuple[Supervisor, Database]]:
        """Everything, started and with an up-to-date store; stopped at the end, whatever happens.

        Raises DataTakenError, AddressTakenError, NoRedisError or PartFailedError when it cannot run.
        """
        with hold(self.settings.data_dir, self.address):
            check_free(self.settings.host, self.settings.port)
            supervisor = Supervisor(list(self._parts()), self.environ, self.say)
            self.say(f"data: {self.settings.data_dir}")
            database = open_database(self.settings)
            database.upgrade()
            supervisor.heed_signals()
            try:
                supervisor.start()
                yield supervisor, database
            finally:
                supervisor.stop()
                database.close()

    def _parts(self) -> Iterator[Part]:
        yield from self._redis()
        yield Part("worker", _command("worker"), "lints what comes in", output=self._log("worker"))
        yield Part("scheduler", _command("schedule"), "rings again for what was forgotten", output=self._log("scheduler"))
        yield Part("web", _command("web"), self.address, self._answers, output=self._log("web"))

    def _redis(self) -> Iterator[Part]:
        choice = find_redis(self.settings)
        if choice.binary is None:
            self.say("redis: the one that REDIS_URL names")
            return
        url, directory = socket_url(self.settings.data_dir), redis_dir(self.settings.data_dir)
        command = server_command(choice.binary, self.settings.data_dir)
        yield Part("redis", command, str(choice.binary), lambda: answers(url), is_base=True, output=directory / "redis.log")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:  # noqa: S310 - our own web
                return bool(answer.status == 200)
        except OSError:
            return False

    def _log(self, name: str) -> Path | None:
        return self.logs / f"{name}.log" if self.logs else None


def read_installation(
    data: str | None, host: str | None, port: int | None, say: Callable[[str], object], *, quiet: bool = False
) -> Installation:
    """The installation that the environment and the options describe; options win. Raises BadSettingError."""
    given = {"COPYDESK_DATA": data, "COPYDESK_HOST": host, "COPYDESK_PORT": str(port) if port else None}
    environ = dict(os.environ) | {name: value for name, value in given.items() if value}
    settings = Settings.from_environ(environ)
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CODE), environ.get("PYTHONPATH")]))
    return Installation(settings, environ, say, settings.data_dir / "logs" if quiet else None)


def has_users(database: Database) -> bool:
    """Whether anybody can sign in."""
    with database.read() as session:
        return bool(list_users(session))


def _command(name: str) -> list[str]:
    return [sys.executable, "-P", "-m", "service.cli", name]
