"""Is this process up, and can it do its work?"""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import structlog
from flask import Blueprint
from flask.typing import ResponseReturnValue

from reports.errors import StoreDownError
from reports.queries import QueueHealth, queue_health
from service.parts import parts
from service.problems import RETRY_AFTER_S
from workers.redis_server import answers, socket_url

LATE = timedelta(minutes=1)  # a job is read within seconds; one that waits a minute waits for something that broke
LOW_BYTES = 1_000_000_000  # of free disk: some 20,000 stories with their reports, a day or two of a large newsroom

health = Blueprint("health", __name__)
log = structlog.get_logger("copydesk.health")


@health.get("/healthz")
def alive() -> dict[str, str]:
    """200 while this process answers; it asks nobody else, so that a slow store does not get it restarted."""
    return {"status": "up"}


@health.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 when a delivery could be stored now, else 503; ``wrong`` says in words what is not as it should be."""
    try:
        with parts().database.read() as session:
            queue = queue_health(session, parts().clock())
    except StoreDownError as error:
        log.error("store-down", reason=error.reason)  # noqa: TRY400 - the reason is whole, and a stranger learns no address
        wrong = ["The store cannot be reached; deliveries are refused with 503 until it is back. The log says why."]
        return {"status": "not ready", "wrong": wrong}, 503, {"Retry-After": str(RETRY_AFTER_S)}
    return {"status": "ready", "wrong": list(_wrong(queue))}


def _wrong(queue: QueueHealth) -> Iterator[str]:
    if not _redis_answers():
        yield "Redis cannot be reached. Deliveries are stored, and read once it is back."
    if queue.oldest_queued is not None and queue.oldest_queued > LATE:
        waited = queue.oldest_queued.total_seconds()
        yield f"The oldest of {queue.jobs.get('queued', 0)} queued jobs has waited {waited:.0f} s. Is a worker running?"
    if aside := queue.jobs.get("poisoned", 0):
        yield f"{aside} jobs were set aside after three tries: copydesk jobs list says why."
    free = shutil.disk_usage(parts().settings.data_dir).free
    if free < LOW_BYTES:
        yield f"Only {free / 1_000_000:.0f} MB are free on the disk of the data directory."


def _redis_answers() -> bool:
    settings = parts().settings
    return answers(settings.redis_url or socket_url(settings.data_dir))
