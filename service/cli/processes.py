"""``copydesk worker``, ``web`` and ``schedule``: the parts of ``serve`` one by one, for production."""

import os

import click

from reports.settings import Settings


@click.command()
def worker() -> None:
    """Lint what comes in, until SIGTERM. Settings come from the environment: REDIS_URL, DATABASE_URL, COPYDESK_DATA."""
    from workers.main import run_worker  # noqa: PLC0415 - the web needs no Celery worker, nor the worker Flask

    run_worker(_settings())


@click.command()
def schedule() -> None:
    """Ring again for jobs that the queue forgot, until SIGTERM. Several may run."""
    from workers.main import run_schedule  # noqa: PLC0415

    run_schedule(_settings())


@click.command()
def web() -> None:
    """Answer webhooks, API and desk, until SIGTERM. COPYDESK_HOST and COPYDESK_PORT say where."""
    from service.web import run_web  # noqa: PLC0415

    run_web(_settings())


def _settings() -> Settings:
    return Settings.from_environ(os.environ)
