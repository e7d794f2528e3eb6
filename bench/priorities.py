"""How long a publish waits while a sweep runs.

    python bench/priorities.py [--swept 2000] [--published 200] [--rate 4]

Starts ``copydesk serve`` (Redis, one worker, scheduler, gunicorn, SQLite), sweeps an archive into it through the queue, and
publishes by the webhook meanwhile. A publish's wait is timed from its answer until its report stands in the store, looked
for every 10 ms: the engine's own time is in it.
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
from datetime import UTC, datetime
from pathlib import Path

from load import SOURCE, Target, free_port, story, wait_until_up
from sqlalchemy import func, select

from reports.database import Database, open_database
from reports.jobs import count_swept
from reports.models import Delivery
from reports.settings import Settings
from reports.sources import create_source

LOOK_S = 0.01
ARCHIVE = "archive"


def main() -> None:
    """Runs it and prints what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--swept", type=int, default=2_000, help="records of the archive")
    parser.add_argument("--published", type=int, default=200)
    parser.add_argument("--rate", type=float, default=4.0, help="publishes a second")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-priorities-") as folder:
        run(Path(folder), asked.swept, asked.published, asked.rate)


def run(folder: Path, swept: int, published: int, rate: float) -> None:
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'copydesk.sqlite3'}", port=free_port())
    database = open_database(settings)
    database.upgrade()
    with database.begin() as session:
        secret = create_source(session, SOURCE, datetime.now(UTC)).secret_current
        create_source(session, ARCHIVE, datetime.now(UTC))
    with (folder / "archive.jsonl").open("w") as file:
        for number in range(swept):
            data = json.loads(story(1_000_000 + number))["data"]
            file.write(json.dumps(data) + "\n")
    environ = os.environ | {"COPYDESK_DATA": str(folder)}
    copydesk = [sys.executable, "-m", "service.cli"]
    with subprocess.Popen(
        [*copydesk, "serve", "--port", str(settings.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ
    ) as serving:
        wait_until_up(settings.port)
        sweep = [*copydesk, "sweep", str(folder / "archive.jsonl"), "--source", ARCHIVE]
        with subprocess.Popen(sweep, stdout=subprocess.DEVNULL, env=environ) as sweeping:
            try:
                measure(database, Target(settings.port, secret or ""), published, rate)
            finally:
                sweeping.terminate()
                serving.send_signal(signal.SIGTERM)
    database.close()


def measure(database: Database, target: Target, published: int, rate: float) -> None:
    while left(database) < 50:
        time.sleep(0.1)
    answered: dict[str, float] = {}
    reported: dict[str, float] = {}
    over = threading.Event()
    watching = threading.Thread(target=watch, args=(database, reported, over))
    watching.start()
    before, started = reports_of_the_sweep(database), time.monotonic()
    for number in range(published):
        target.send(number, started + number / rate)
        answered[f"load_{number}"] = time.monotonic()
    queued = left(database)
    while len(reported) < published and time.monotonic() - started < 600:
        time.sleep(0.1)
    took = time.monotonic() - started
    over.set()
    watching.join()
    waits = sorted(max(0.0, reported[name] - at) * 1_000 for name, at in answered.items() if name in reported)
    swept = reports_of_the_sweep(database) - before
    print(f"{published} publishes at {rate:g} a second, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"the sweep meanwhile: {swept / took:.0f} records a second, {queued} jobs waiting at the last publish")
    p50, p95, p99 = (waits[min(len(waits) - 1, int(len(waits) * share))] for share in (0.5, 0.95, 0.99))
    print(
        f"from the answer to the stored report: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {waits[-1]:.0f} ms"
    )
    print(f"reported: {len(waits)} of {published}")


def watch(database: Database, reported: dict[str, float], over: threading.Event) -> None:
    while not over.is_set():
        with database.read() as session:
            ended = select(Delivery.delivery_id).where(Delivery.outcome == "reported", Delivery.delivery_id.like("load_%"))
            names = list(session.scalars(ended))
        now = time.monotonic()
        for name in names:
            reported.setdefault(name, now)
        time.sleep(LOOK_S)


def left(database: Database) -> int:
    with database.read() as session:
        return count_swept(session)


def reports_of_the_sweep(database: Database) -> int:
    with database.read() as session:
        ended = select(func.count()).where(Delivery.outcome == "reported", Delivery.delivery_id.like("sweep-%"))
        return session.scalar(ended) or 0


if __name__ == "__main__":
    main()
