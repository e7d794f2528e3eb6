"""Celery's tasks; each calls a plain function that needs no Celery."""

from collections.abc import Callable

from celery import Celery

from workers.app import LINT_JOB


def install(celery: Celery, run_job: Callable[[int], object]) -> None:
    """Registers the tasks on an application."""

    @celery.task(name=LINT_JOB)
    def lint_job(job_id: int) -> None:
        run_job(job_id)
