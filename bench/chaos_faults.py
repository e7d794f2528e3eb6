"""What breaks while the chaos bench sends. Each fault is done to real processes and is over when its function returns."""

import random
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import chaos_serve
import psutil
import redis

from workers.redis_server import socket_url

SIGNS = {"redis": r"unixsocket|redis|valkey", "worker": r"\bworker\b", "web": r"chaos_serve.py web|gunicorn"}
LIMIT = psutil.RLIMIT_FSIZE if hasattr(psutil, "RLIMIT_FSIZE") else None  # Linux alone lets one process bound another
FULL_S = 3.0
Fault = Callable[[], None]


@dataclass(frozen=True)
class Victim:
    """What runs: ``serve``, its data directory, and the server of its PostgreSQL, where it has one."""

    serve: int
    data_dir: Path
    postgres: int | None
    pauses: Sequence[float]  # seconds that the database stands still, in turn
    chance: random.Random

    def schedule(self, workers: int, redis_restarts: int, webs: int) -> list[tuple[str, Fault]]:
        """The faults in the order they happen: the many mixed by chance, the long ones spread among them."""
        many = [("worker killed", self.kill_worker)] * workers + [("Redis restarted", self.restart_redis)] * redis_restarts
        many += [("web killed before a ring", self.kill_web)] * webs
        self.chance.shuffle(many)
        few: list[tuple[str, Fault]] = [("database paused", lambda s=seconds: self.pause_database(s)) for seconds in self.pauses]
        few += [("Redis full", self.fill_redis)]
        few += [("disk full", self.fill_disk)] if self._may_bound() else []
        few += [("database crashed", self.crash_database)] if self.postgres is not None else []
        for number, fault in enumerate(few, start=1):
            many.insert(number * len(many) // (len(few) + 1), fault)
        return many

    def kill_worker(self) -> None:
        """-9 for a worker with its children, or for the children alone: by the kernel's memory killer, or a crash."""
        for worker in self._parts("worker"):
            children = worker.children(recursive=True)
            _kill([worker, *children] if self.chance.random() < 0.5 or not children else children[:1])

    def restart_redis(self) -> None:
        """Killed outright, or stopped in order; ``serve`` starts it again."""
        for server in self._parts("redis"):
            with suppress(psutil.NoSuchProcess):
                server.send_signal(self.chance.choice((signal.SIGKILL, signal.SIGTERM)))

    def kill_web(self) -> None:
        """The next delivery that is committed finds no time to ring."""
        flag = self.data_dir / chaos_serve.FLAG
        flag.touch()
        until = time.monotonic() + 30
        while flag.exists() and time.monotonic() < until:
            time.sleep(0.05)

    def pause_database(self, seconds: float) -> None:
        """SIGSTOP for every process of PostgreSQL; for SQLite its only lock, held."""
        if self.postgres is not None:
            with _stopped(self._servers()):
                time.sleep(seconds)
            return
        store = sqlite3.connect(self.data_dir / "copydesk.sqlite3", timeout=30, isolation_level=None)
        store.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        store.execute("ROLLBACK")
        store.close()

    def fill_redis(self) -> None:
        """A memory limit below what it holds: every write is refused."""
        with redis.Redis.from_url(socket_url(self.data_dir)) as client:
            for limit, pause in (("1mb", FULL_S), ("0", 0.0)):
                _insist(lambda limit=limit: client.config_set("maxmemory", limit))
                time.sleep(pause)

    def fill_disk(self) -> None:
        """No process may write past the first bytes of any file: the store's, its log's, Redis' own."""
        with _bounded([*self._parts("web", "worker"), *self._servers()]):
            time.sleep(FULL_S)

    def crash_database(self) -> None:
        """-9 for a process of PostgreSQL that serves us: the server ends every connection and recovers from its log."""
        backends = [process for process in self._servers()[1:] if _serves(process)]
        _kill(self.chance.sample(backends, min(1, len(backends))))

    def _may_bound(self) -> bool:
        """Whether the system lets us: Linux, and PostgreSQL not run as somebody else."""
        try:
            for process in self._servers() or [psutil.Process(self.serve)]:
                assert LIMIT is not None
                process.rlimit(LIMIT)
        except (psutil.AccessDenied, AssertionError):
            return False
        return True

    def _parts(self, *names: str) -> list[psutil.Process]:
        """The parts of ``serve`` by their command lines; one that just ended is none."""
        found = []
        for child in psutil.Process(self.serve).children():
            with suppress(psutil.NoSuchProcess):
                line = " ".join(child.cmdline())
                found += [child] if any(re.search(SIGNS[name], line) for name in names) else []
        return found

    def _servers(self) -> list[psutil.Process]:
        if self.postgres is None:
            return []
        main = psutil.Process(self.postgres)
        return [main, *main.children(recursive=True)]


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


@contextmanager
def _stopped(processes: Sequence[psutil.Process]) -> Iterator[None]:
    try:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


@contextmanager
def _bounded(parts: Sequence[psutil.Process]) -> Iterator[None]:
    """A full disk for these processes and their children, until the end; who was started meanwhile is freed too."""
    family = {process.pid: process for part in parts for process in (part, *_children(part))}
    try:
        for process in family.values():
            _bound(process, 4096)
        yield
    finally:
        family |= {process.pid: process for part in parts for process in (part, *_children(part))}
        for process in family.values():
            _bound(process, -1)


def _children(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def _bound(process: psutil.Process, size: int) -> None:
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        assert LIMIT is not None
        hard = process.rlimit(LIMIT)[1]
        process.rlimit(LIMIT, (size if size >= 0 else hard, hard))


def _insist(call: Fault) -> None:
    """Redis may be between two lives just now."""
    until = time.monotonic() + 30
    while True:
        try:
            call()
        except redis.RedisError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _serves(process: psutil.Process) -> bool:
    """Whether it is a connection's own process, by the title that PostgreSQL gives it."""
    with suppress(psutil.NoSuchProcess):
        return bool(re.search(r"postgres: postgres ", " ".join(process.cmdline())))
    return False
