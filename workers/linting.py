"""The work on one job: claim, lint, keep."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from reports import fetched, gate, jobs
from reports.configuration import Configuration
from reports.database import Database
from reports.jobs import Claimed
from reports.keep import keep_report
from reports.rulebook import rulebook_for
from reports.similar import keep_sketch, neighbours_of
from rules.core import engine
from rules.core.similarity import sketch
from workers.errors import FetchError, StatusError
from workers.fetching import Fetcher

log = structlog.get_logger("copydesk.linting")


@dataclass(frozen=True)
class Linting:
    """What a worker needs: the store, a clock, and how long it may hold a job."""

    database: Database
    clock: Callable[[], datetime]
    lease: timedelta
    configuration: Configuration = field(default_factory=Configuration)
    fetcher: Fetcher = field(default_factory=Fetcher)

    def run(self, job_id: int) -> int | None:
        """Works a job off; gives the report's id, or None when there was nothing to do. Raises what the engine raised."""
        with self.database.begin() as session:
            claimed = jobs.claim(session, job_id, self.clock(), self.lease)
        if claimed is None:
            return None
        try:
            whole = self._fetch(claimed) if claimed.fetch else claimed
            return self._lint(whole) if whole else None
        except BaseException as error:  # a soft time limit and an exit of the worker are no Exception
            self._give_back(claimed, error)
            raise

    def _fetch(self, claimed: Claimed) -> Claimed | None:
        """The claim with its page; None when the page did not come, and the job waits, is set aside or has ended."""
        try:
            page = self.fetcher.page(claimed.submission.url or "", claimed.origins)
        except FetchError as error:
            log.warning("not-fetched", job=claimed.job_id, attempt=claimed.attempt, reason=error.reason)
            with self.database.begin() as session:
                fetched.give_up(session, claimed, error.reason, self.clock(), permanent=error.permanent, gone=is_gone(error))
            return None
        with self.database.begin() as session:
            return fetched.keep_page(session, claimed, page.content, page.charset)

    def _lint(self, claimed: Claimed) -> int | None:
        policy = self.configuration.policy(claimed.submission.url or "", claimed.source)
        numbers = sketch(engine.text_of(claimed.submission))
        with self.database.begin() as session:
            asked = gate.is_question(session, claimed.job_id)
            own = gate.published_article(session, claimed.job_id) if asked else claimed.article_id
            alike = neighbours_of(session, own or claimed.article_id, numbers)
            book = rulebook_for(
                session,
                claimed.source,
                claimed.select or self.configuration.select,
                [*self.configuration.ignore, *claimed.ignore],
            )
        chosen = self.configuration.configure(book.rules, claimed.source)
        now = max(filter(None, (self.clock(), claimed.not_before))).replace(microsecond=0)
        report = engine.lint(claimed.submission, now=now, rules=chosen, policy=policy, neighbours=alike, ceilings=book.ceilings)
        ran = {rule.name: rule.version for rule in chosen}
        with self.database.begin() as session:
            kept = keep_report(session, claimed, report, ran, self.clock())
            if kept is not None and not asked:
                keep_sketch(session, claimed.article_id, numbers)
        log.info("reported", job=claimed.job_id, delivery=claimed.delivery_id, article=claimed.article_id, report=kept)
        return kept

    def _give_back(self, claimed: Claimed, error: BaseException) -> None:
        log.error("job-failed", job=claimed.job_id, attempt=claimed.attempt, error=repr(error))
        with self.database.begin() as session:
            jobs.fail(session, claimed, f"{type(error).__name__}: {error}")


def is_gone(error: FetchError) -> bool:
    """Whether a page is gone for good: there is nothing to lint."""
    return isinstance(error, StatusError) and error.status == 410
