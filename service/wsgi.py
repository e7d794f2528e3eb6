"""The application for a WSGI server: ``gunicorn 'service.wsgi:build()'``."""

import os

from flask import Flask

from reports.database import open_database
from reports.settings import Settings
from service.app import create_app
from workers.app import FIRST_QUEUE, create_celery
from workers.ring import ring


def build(settings: Settings | None = None) -> Flask:
    """The web on the store and the queue that ``settings`` name; without any, on those of the environment."""
    settings = settings or Settings.from_environ(os.environ)
    celery = create_celery(settings, settings.redis_url)
    return create_app(
        settings,
        open_database(settings),
        lambda job_id: ring(celery, job_id),
        ring_first=lambda job_id: ring(celery, job_id, queue=FIRST_QUEUE),
    )
