"""The processes of this package: a worker, and the scheduler."""

import functools
import os
import signal
import warnings
from datetime import UTC, datetime

from celery.signals import worker_process_shutdown

from reports.configuration import read_file
from reports.database import Database, open_database
from reports.settings import Settings
from workers import logs, tasks
from workers.app import create_celery
from workers.linting import Linting
from workers.reconcile import Reconciling, look
from workers.ring import ring, ring_for_look
from workers.schedule import Schedule

CONFIGURATION = "copydesk.toml"  # in the data directory: what the service leaves alone
CONCURRENCY = 2  # children of one worker process; two processes of one child each drain more (docs/operations.md)


def read_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def run_worker(settings: Settings, *, concurrency: int = CONCURRENCY) -> None:
    """Works jobs off until SIGTERM."""
    logs.set_up()
    warnings.filterwarnings("ignore", r"\s*You're running the worker with superuser")  # tasks carry job numbers, as JSON
    celery = create_celery(settings)
    configuration = read_file(settings.data_dir / CONFIGURATION)  # refused at the start, not at the first story

    @functools.cache
    def linting(process: int) -> Linting:  # noqa: ARG001 - one store for each child, opened after the fork
        return Linting(open_database(settings), read_clock, settings.lease, configuration)

    def reconcile(source_id: int) -> None:
        tools = linting(os.getpid())
        look(Reconciling(tools.database, functools.partial(ring, celery), read_clock, tools.fetcher), source_id)

    tasks.install(celery, lambda job_id: linting(os.getpid()).run(job_id), reconcile)

    @worker_process_shutdown.connect(weak=False)
    def _close(**_: object) -> None:
        linting(os.getpid()).database.close()

    options = ["--loglevel=WARNING", f"--concurrency={concurrency}", "--without-gossip", "--without-mingle"]
    celery.worker_main(["--quiet", "worker", *options])


def run_schedule(settings: Settings) -> None:
    """Runs the scheduler until SIGTERM or SIGINT."""
    logs.set_up()
    celery = create_celery(settings)
    database: Database = open_database(settings)
    schedule = Schedule(
        database,
        functools.partial(ring, celery),
        read_clock,
        settings.ring_after,
        settings.relay_every,
        functools.partial(ring_for_look, celery),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: schedule.stop())
    schedule.run()
    database.close()
