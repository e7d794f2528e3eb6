"""The processes of this package: a worker, and the scheduler."""

import functools
import os
import signal
import warnings
from datetime import UTC, datetime

from celery.signals import setup_logging, worker_process_init, worker_process_shutdown

from reports.configuration import read_file
from reports.database import Database, open_database
from reports.settings import Settings
from reports.meters import Meters
from workers import logs, tasks
from workers.app import create_celery
from workers.linting import Linting
from workers.memory import bound_memory
from workers.ring import ring, waiting
from workers.schedule import Schedule

CONFIGURATION = "copydesk.toml"  # in the data directory: what the service leaves alone
CONCURRENCY = 2  # children of one worker process; two processes of one child each drain more (docs/operations.md)

MEMORY_LIMIT = 2_000_000_000  # bytes of one child; the largest article that is taken (20 MB) needs a tenth of it, measured


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
        database = open_database(settings)
        return Linting(database, read_clock, settings.lease, configuration, Meters(database, read_clock))

    tasks.install(celery, lambda job_id: linting(os.getpid()).run(job_id))

    @setup_logging.connect(weak=False)
    def _keep_logs(**_: object) -> None:
        """That somebody is connected keeps Celery from setting up logs of its own."""

    @worker_process_init.connect(weak=False)
    def _bound(**_: object) -> None:
        bound_memory(MEMORY_LIMIT)

    @worker_process_shutdown.connect(weak=False)
    def _close(**_: object) -> None:
        linting(os.getpid()).database.close()

    worker = celery.Worker(loglevel="WARNING", concurrency=concurrency, without_gossip=True, without_mingle=True, quiet=True)
    worker.start()
    if worker.exitcode:  # such as a full Redis, which ends a Celery worker: whoever watches must see that it failed
        raise SystemExit(worker.exitcode)


def run_schedule(settings: Settings) -> None:
    """Runs the scheduler until SIGTERM or SIGINT."""
    logs.set_up()
    celery = create_celery(settings)
    database: Database = open_database(settings)
    bell, unheard = functools.partial(ring, celery), functools.partial(waiting, celery)
    schedule = Schedule(database, bell, read_clock, settings.ring_after, settings.relay_every, unheard)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: schedule.stop())
    schedule.run()
    database.close()
