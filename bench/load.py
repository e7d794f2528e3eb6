"""A burst of deliveries through a real installation, and how long it takes until every one is reported.

    python bench/load.py [--rate 200] [--seconds 30]

Starts ``copydesk serve`` (Redis, worker, scheduler, gunicorn, SQLite) in a directory of its own and sends distinct articles,
each a signed page of 60 kB with a story of some 700 words, at a steady rate whatever the answers take. The calls are written and
signed before the clock starts (some 400 MB of them): a newsroom's CMS does that on its own machine. The sender runs on the same
machine all the same and takes its share of it. Answers are timed from when the call was due, so that a late sender counts against
them. What each part cost while the calls came in is printed too.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import func, select
from standardwebhooks.webhooks import Webhook

from reports.database import Database, open_database
from reports.models import Delivery, Report
from reports.settings import Settings
from reports.sources import create_source

SIZE = 60_000  # bytes of a body
WORDS = 700  # of a story
SENDERS = 64  # threads; each waits for one answer at a time
TIMEOUT_S = 30
PATIENCE_S = 1_800  # for the backlog
SOURCE = "load"
PARTS = ("web", "worker", "schedule")  # as their command lines name them; Redis is named by its program


@dataclass(frozen=True)
class Answer:
    """What came back: the status (0: nothing), and seconds since the call was due and since it was made."""

    status: int
    since_due: float
    since_made: float


@dataclass(frozen=True)
class Call:
    """A delivery, written and signed; its signature is good for some minutes."""

    port: int
    body: bytes
    headers: dict[str, str]

    def send(self, due: float) -> Answer:
        """Makes the call at its time, a moment of the monotonic clock."""
        time.sleep(max(0.0, due - time.monotonic()))
        made = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
            connection.request("POST", f"/webhooks/{SOURCE}", self.body, self.headers)
            status = connection.getresponse().status
            connection.close()
        except OSError:
            status = 0
        ended = time.monotonic()
        return Answer(status, ended - due, ended - made)


@dataclass(frozen=True)
class Target:
    """Where to send, and how to sign."""

    port: int
    secret: str

    def write(self, number: int) -> Call:
        """The call for one article."""
        body, now, name = story(number), datetime.now(UTC), f"load_{number}"
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(name, now, body),
        }
        return Call(self.port, body.encode(), headers)

    def send(self, number: int, due: float) -> Answer:
        """Writes the call for one article and makes it at its time."""
        return self.write(number).send(due)


def story(number: int) -> str:
    """The body of a delivery: no two share a sentence."""
    words = random.Random(number)
    names = [f"{words.choice(SYLLABLES)}{words.choice(SYLLABLES)}" for _ in range(WORDS)]
    text = "".join(f"<p>{' '.join(names[at : at + 35]).capitalize()}, the council said.</p>" for at in range(0, WORDS, 35))
    head = f"<html><head><title>{names[0]}</title></head><body><nav>{{}}</nav>"
    html = f"{head}<article><h1>{names[0]} {names[1]}</h1>{text}</article></body></html>"
    link = '<li class="menu-item"><a href="/section/{}">Section {}</a></li>'
    count = (SIZE - len(html)) // len(link)
    page = html.replace("{}", "".join(link.format(item % 97, item % 97) for item in range(count)), 1)
    data = {"url": f"https://load.example/{number}", "html": page, "metadata": {"external_id": str(number)}}
    return json.dumps({"type": "article.published", "data": data})


SYLLABLES = [first + second for first in "bdfgklmnprstvw" for second in ("a", "en", "il", "or", "um", "ast", "ick")]


def main() -> None:
    """Runs it and prints what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=int, default=200, help="deliveries a second")
    parser.add_argument("--seconds", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-load-") as folder:
        run(Path(folder), asked.rate, asked.rate * asked.seconds)


def run(folder: Path, rate: int, total: int) -> None:
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'copydesk.sqlite3'}", port=free_port())
    database = open_database(settings)
    database.upgrade()
    with database.begin() as session:
        secret = create_source(session, SOURCE, datetime.now(UTC)).secret_current
    command = [sys.executable, "-m", "service.cli", "serve", "--data", str(folder), "--port", str(settings.port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"COPYDESK_DATA": str(folder)}) as serving:
        try:
            wait_until_up(settings.port)
            target = Target(settings.port, secret or "")
            measure(database, serving.pid, [target.write(number) for number in range(total)], rate)
        finally:
            serving.send_signal(signal.SIGTERM)
    database.close()


def measure(database: Database, pid: int, calls: list[Call], rate: int) -> None:
    print(f"{len(calls):,} deliveries of {len(calls[0].body):,} bytes at {rate} a second")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    before, start = spent(pid), time.monotonic() + 1
    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(lambda one: one[1].send(start + one[0] / rate), enumerate(calls)))
    sent = time.monotonic()
    say_answers(answers, sent - start)
    costs = ", ".join(f"{name} {(seconds - before[name]) / len(calls) * 1_000:.2f}" for name, seconds in spent(pid).items())
    print(f"meanwhile, ms of CPU for each call: {costs}")
    accepted = sum(answer.status == 200 for answer in answers)
    say_backlog(database, accepted, start, sent)


def spent(pid: int) -> dict[str, float]:
    """CPU seconds so far: the sender's own, and those of each part that ``serve`` runs, with what the part started."""
    taken = {"sender": time.process_time()}
    for part in psutil.Process(pid).children():
        name = next((word for word in PARTS if word in part.cmdline()), part.name())
        family = [process.cpu_times() for process in (part, *part.children(recursive=True))]
        taken[name] = sum(times.user + times.system for times in family)
    return taken


def say_answers(answers: list[Answer], took: float) -> None:
    statuses = Counter(answer.status for answer in answers)
    print(f"sent in {took:.1f} s; answers by status: {dict(sorted(statuses.items()))}; refused: {len(answers) - statuses[200]}")
    for words, times in (
        ("since due", [answer.since_due for answer in answers]),
        ("since sent", [answer.since_made for answer in answers]),
    ):
        ranked = sorted(times)
        p50, p95, p99 = (ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1_000 for share in (0.5, 0.95, 0.99))
        print(f"answered, {words}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {ranked[-1] * 1_000:.0f} ms")


def say_backlog(database: Database, accepted: int, start: float, sent: float) -> None:
    while (outcomes := count(database)).get(None, 0) and time.monotonic() - sent < PATIENCE_S:
        time.sleep(0.5)
    done = time.monotonic()
    with database.read() as session:
        kept = session.scalar(select(func.count()).select_from(Report))
    once = outcomes == {"reported": accepted} and kept == accepted
    print(f"outcomes: {outcomes}; reports: {kept}; every accepted one reported once: {once}")
    print(f"the last was reported {done - sent:.1f} s after the last was sent: {accepted / (done - start):.0f} a second over all")


def count(database: Database) -> dict[str | None, int]:
    with database.read() as session:
        rows = session.execute(select(Delivery.outcome, func.count()).group_by(Delivery.outcome)).all()
    return dict(rows)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_up(port: int) -> None:
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("serve did not come up")


if __name__ == "__main__":
    main()
