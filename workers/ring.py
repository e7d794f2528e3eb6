"""The doorbell: a job's number through Redis. That it fails is harmless, for the store knows the job."""

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from workers.app import LINT_JOB, QUEUE

log = structlog.get_logger("copydesk.ring")


def ring(celery: Celery, number: int, task: str = LINT_JOB, queue: str = QUEUE) -> bool:
    """Sends the number of a job, a trial or a source to the workers; whether it went out. The relay rings again if not."""
    try:
        celery.send_task(task, args=[number], queue=queue, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("ring-failed", task=task, number=number, error=type(error).__name__)
        return False
    return True


def waiting(celery: Celery) -> int:
    """How many rings nobody has answered yet; 0 when Redis is away, for then none are kept."""
    try:
        with celery.connection_for_write() as connection:
            client: Redis = connection.default_channel.client  # type: ignore[attr-defined]
            return int(client.llen(QUEUE))
    except (OperationalError, RedisError, OSError):
        return 0
