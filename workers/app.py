"""The Celery application and its settings, each for a reason that was seen by running it."""

from celery import Celery
from kombu import Queue

from reports.settings import Settings
from workers.redis_server import broker_url, socket_url

QUEUE = "lint"
FIRST_QUEUE = "gate"  # somebody waits for these; a worker looks here before it looks there
LAST_QUEUE = "sweep"  # nobody waits for these; a worker looks here when there is nothing else to do
LINT_JOB = "copydesk.lint_job"
STEP_TRIAL = "copydesk.step_trial"
RECONCILE = "copydesk.reconcile"
SOFT_LIMIT_S = 45
HARD_LIMIT_S = 60
MAX_MEMORY_KB = 600_000  # of one child: an article of 20 MB needs a third of it
MAX_TASKS = 200  # of one child, so that no leak of a library lasts
VISIBILITY_S = 300
ANSWER_S = 3.0  # for Redis to answer who rings: the sender of a delivery waits for it, and the relay for everything else


def create_celery(settings: Settings, redis_url: str | None = None, *, answer_s: float | None = ANSWER_S) -> Celery:
    """The application. Without an address it uses the private Redis of the data directory, as ``serve`` starts it.

    ``answer_s``: how long Redis may take to answer; None for a worker, whose wait for a message is such a question.
    Messages carry a job's number and nothing else. They are acknowledged early: the store knows what was not finished.
    """
    url = redis_url or settings.redis_url or socket_url(settings.data_dir)
    app = Celery("copydesk", broker=broker_url(url), set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_queues=(Queue(FIRST_QUEUE), Queue(QUEUE), Queue(LAST_QUEUE)),
        task_ignore_result=True,
        task_acks_late=False,
        task_serializer="json",
        accept_content=["json"],
        task_soft_time_limit=SOFT_LIMIT_S,
        task_time_limit=HARD_LIMIT_S,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=MAX_TASKS,
        worker_max_memory_per_child=MAX_MEMORY_KB,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "queue_order_strategy": "priority",  # the order of task_queues, always
            "visibility_timeout": VISIBILITY_S,
            "health_check_interval": 25,
            "socket_connect_timeout": 2,
            "socket_timeout": answer_s,
            "socket_keepalive": not url.startswith("unix"),
            "max_retries": 0,  # a ring that fails is rung again by the relay; the sender of a delivery must not wait
        },
    )
    return app
