"""The work on one job: claim, lint, keep."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from reports import jobs
from reports.database import Database
from reports.jobs import Claimed
from reports.keep import keep_report
from rules.core import engine
from rules.core.catalogue import choose

log = structlog.get_logger("copydesk.linting")


@dataclass(frozen=True)
class Linting:
    """What a worker needs: the store, a clock, and how long it may hold a job."""

    database: Database
    clock: Callable[[], datetime]
    lease: timedelta

    def run(self, job_id: int) -> int | None:
        """Works a job off; gives the report's id, or None when there was nothing to do. Raises what the engine raised."""
        with self.database.begin() as session:
            claimed = jobs.claim(session, job_id, self.clock(), self.lease)
        if claimed is None:
            return None
        try:
            return self._lint(claimed)
        except BaseException as error:  # a soft time limit and an exit of the worker are no Exception
            self._give_back(claimed, error)
            raise

    def _lint(self, claimed: Claimed) -> int | None:
        chosen = choose()
        report = engine.lint(claimed.submission, now=self.clock().replace(microsecond=0), rules=chosen)
        ran = {rule.name: rule.version for rule in chosen}
        with self.database.begin() as session:
            kept = keep_report(session, claimed, report, ran, self.clock())
        log.info("reported", job=claimed.job_id, delivery=claimed.delivery_id, article=claimed.article_id, report=kept)
        return kept

    def _give_back(self, claimed: Claimed, error: BaseException) -> None:
        log.error("job-failed", job=claimed.job_id, attempt=claimed.attempt, error=repr(error))
        with self.database.begin() as session:
            jobs.fail(session, claimed, f"{type(error).__name__}: {error}")
