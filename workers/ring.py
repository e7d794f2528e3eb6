"""The doorbell: a job's number through Redis. That it fails is harmless, for the store knows the job."""

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from workers.app import LINT_JOB, RECONCILE

log = structlog.get_logger("copydesk.ring")


def ring(celery: Celery, job_id: int) -> bool:
    """Sends a job's number to the workers; whether it went out. The relay rings again for one that did not."""
    return _send(celery, LINT_JOB, job_id)


def ring_for_look(celery: Celery, source_id: int) -> bool:
    """Asks the workers to look at a source; whether it went out. What is lost is made up for by the next look."""
    return _send(celery, RECONCILE, source_id)


def _send(celery: Celery, task: str, number: int) -> bool:
    try:
        celery.send_task(task, args=[number], retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("ring-failed", task=task, number=number, error=type(error).__name__)
        return False
    return True
