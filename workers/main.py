"""The processes of this package: a worker, and the scheduler."""

import functools
import gc
import os
import signal
import threading
import warnings
from datetime import UTC, datetime

from celery.signals import setup_logging, worker_process_init, worker_process_shutdown
from sqlalchemy.orm import configure_mappers

from reports.configuration import read_file
from reports.database import Database, open_database
from reports.meters import Meters
from reports.settings import Settings
from rules.core import engine
from rules.core.submission import Submission
from workers import logs, tasks
from workers.app import LAST_QUEUE, RECONCILE, STEP_TRIAL, create_celery
from workers.fetching import Fetcher
from workers.linting import Linting
from workers.memory import bound_memory
from workers.network import networks
from workers.notifying import Courier
from workers.outgoing import Outgoing
from workers.reconcile import Reconciling, look
from workers.relay import ring_again, ring_looks, ring_trials
from workers.ring import ring, waiting
from workers.schedule import Schedule
from workers.trying import Trying
from workers.watching import PrecisionWatch

CONFIGURATION = "copydesk.toml"  # in the data directory: what the service leaves alone
NICENESS = 10  # under a burst the web takes every delivery in first, and the backlog is worked off after it
STOP_S = 5.0  # for the messages under way when the scheduler is told to stop; what is lost then is sent again
CONCURRENCY = 2  # children of one worker process; two processes of one child each drain more

MEMORY_LIMIT = 2_000_000_000  # bytes of one child; the largest article that is taken (20 MB) needs a tenth of it, measured


def read_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def warm_up() -> None:
    """Loads, before any child is forked, what each would otherwise load for itself: rules, weights, patterns, mappers.

    A child lives for ``MAX_TASKS`` tasks, and loading costs it as much as some fifty articles.
    """
    engine.lint(Submission(b"<p>&ldquo;Warm,&rdquo; said the baker on Monday.</p>"), now=read_clock())
    configure_mappers()
    gc.freeze()  # the collector would write to every page that parent and children share


def run_worker(settings: Settings) -> None:
    """Works jobs off until SIGTERM."""
    logs.set_up()
    os.nice(NICENESS)
    warnings.filterwarnings("ignore", r"\s*You're running the worker with superuser")  # tasks carry job numbers, as JSON
    celery = create_celery(settings, answer_s=None)
    bell = functools.partial(ring, create_celery(settings))  # of an application that does not wait for ever
    configuration = read_file(settings.data_dir / CONFIGURATION)  # refused at the start, not at the first story
    warm_up()

    @functools.cache
    def linting(process: int) -> Linting:  # noqa: ARG001 - one store for each child, opened after the fork
        database = open_database(settings, patient=True)
        meters = Meters(database, read_clock)
        fetcher = Fetcher(networks(settings.inside_allowed))
        return Linting(database, read_clock, settings.lease, configuration, fetcher=fetcher, meters=meters)

    def trying(process: int) -> Trying:
        return Trying(linting(process).database, read_clock)

    def reconcile(source_id: int) -> None:
        tools = linting(os.getpid())
        look(Reconciling(tools.database, bell, read_clock, tools.fetcher), source_id)

    tasks.install(
        celery,
        run_job=lambda job_id: linting(os.getpid()).run(job_id),
        step_trial=lambda trial_id: trying(os.getpid()).step(trial_id),
        reconcile=reconcile,
    )

    @setup_logging.connect(weak=False)
    def _keep_logs(**_: object) -> None:
        """That somebody is connected keeps Celery from setting up logs of its own."""

    @worker_process_init.connect(weak=False)
    def _bound(**_: object) -> None:
        bound_memory(MEMORY_LIMIT)

    @worker_process_shutdown.connect(weak=False)
    def _close(**_: object) -> None:
        linting(os.getpid()).database.close()

    worker = celery.Worker(loglevel="WARNING", concurrency=CONCURRENCY, without_gossip=True, without_mingle=True, quiet=True)
    worker.start()
    if worker.exitcode:  # such as a full Redis, which ends a Celery worker: whoever watches must see that it failed
        raise SystemExit(worker.exitcode)


def run_schedule(settings: Settings) -> None:
    """Runs the scheduler until SIGTERM or SIGINT."""
    logs.set_up()
    celery = create_celery(settings)
    database: Database = open_database(settings, patient=True)
    bell = functools.partial(ring, celery)
    ring_last = functools.partial(ring, celery, queue=LAST_QUEUE)
    ringers = (
        lambda now: ring_again(database, ring_last, now, settings.ring_after, swept=True),
        functools.partial(ring_trials, database, functools.partial(ring, celery, task=STEP_TRIAL)),
        functools.partial(ring_looks, database, functools.partial(ring, celery, task=RECONCILE)),
    )
    schedule = Schedule(
        database,
        bell,
        read_clock,
        settings.ring_after,
        settings.relay_every,
        ringers=ringers,
        chores=(PrecisionWatch(database).look,),
        waiting=functools.partial(waiting, celery),
    )
    senders = (Courier(database, settings, read_clock), Outgoing(database, read_clock, settings.inside_allowed))
    threads = [threading.Thread(target=sender.run, name=type(sender).__name__, daemon=True) for sender in senders]

    def stop(*_: object) -> None:
        schedule.stop()
        for sender in senders:
            sender.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for thread in threads:  # a server that hangs ends with us
        thread.start()
    schedule.run()
    for thread in threads:
        thread.join(STOP_S)
    database.close()
