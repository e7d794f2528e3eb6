"""Celery's tasks; each calls a plain function that needs no Celery."""

from collections.abc import Callable

from celery import Celery

from workers.app import LINT_JOB, RECONCILE, STEP_TRIAL


def install(
    celery: Celery,
    *,
    run_job: Callable[[int], object],
    step_trial: Callable[[int], bool],
    reconcile: Callable[[int], object],
) -> None:
    """Registers the tasks on an application."""

    @celery.task(name=LINT_JOB)
    def lint_job(job_id: int) -> None:
        run_job(job_id)

    @celery.task(name=STEP_TRIAL)
    def step(trial_id: int) -> None:
        if step_trial(trial_id):
            celery.send_task(STEP_TRIAL, args=[trial_id], retry=False)

    @celery.task(name=RECONCILE)
    def look_at_source(source_id: int) -> None:
        reconcile(source_id)
