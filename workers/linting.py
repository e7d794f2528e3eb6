"""The work on one job: claim, lint, keep."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from structlog.contextvars import bound_contextvars

from reports import fetched, gate, jobs
from reports.configuration import Configuration
from reports.database import Database
from reports.jobs import Claimed
from reports.keep import keep_report
from reports.meters import Meters
from reports.rulebook import rulebook_for
from reports.similar import neighbours_of
from rules.core import engine
from rules.core.similarity import sketch
from workers.app import SOFT_LIMIT_S
from workers.errors import FetchError, OutOfMemoryError, StatusError
from workers.fetching import Fetcher

CUT_SHORT = ("crashed: SoftTimeLimitExceeded", "crashed: MemoryError")  # how the engine names what this process did to a rule

log = structlog.get_logger("copydesk.linting")


@dataclass(frozen=True)
class Linting:
    """What a worker needs: the store, a clock, and how long it may hold a job."""

    database: Database
    clock: Callable[[], datetime]
    lease: timedelta
    configuration: Configuration = field(default_factory=Configuration)
    fetcher: Fetcher = field(default_factory=Fetcher)
    meters: Meters | None = None  # how long each rule took goes there

    def run(self, job_id: int) -> int | None:
        """Works a job off; gives the report's id, or None when there was nothing to do. Raises what the engine raised.

        A MemoryError becomes an OutOfMemoryError: out of a task, the first ends a whole Celery worker with all its children.
        """
        with self.database.begin() as session:
            claimed = jobs.claim(session, job_id, self.clock(), self.lease)
        if claimed is None:
            return None
        with bound_contextvars(job=claimed.job_id, delivery=claimed.delivery, attempt=claimed.attempt):
            try:
                whole = self._fetch(claimed) if claimed.fetch else claimed
                return self._lint(whole) if whole else None
            except BaseException as error:  # a soft time limit and an exit of the worker are no Exception
                self._give_back(claimed, error)
                if isinstance(error, MemoryError):
                    raise OutOfMemoryError("The article needed more memory than a worker may have.") from error
                raise

    def _fetch(self, claimed: Claimed) -> Claimed | None:
        """The claim with its page; None when the page did not come, and the job waits, is set aside or has ended."""
        try:
            page = self.fetcher.page(claimed.submission.url or "", claimed.origins)
        except FetchError as error:
            log.warning("not-fetched", reason=error.reason)
            with self.database.begin() as session:
                fetched.give_up(session, claimed, error.reason, self.clock(), permanent=error.permanent, gone=is_gone(error))
            return None
        with self.database.begin() as session:
            return fetched.keep_page(session, claimed, page.content, page.charset)

    def _lint(self, claimed: Claimed) -> int | None:
        policy = self.configuration.policy(claimed.submission.url or "", claimed.source)
        opened = engine.open_article(claimed.submission)
        numbers = sketch(engine.text_of(opened))
        with self.database.read() as session:
            own = gate.published_article(session, claimed.job_id) if claimed.cause == gate.CAUSE else claimed.article_id
            alike = neighbours_of(session, own or claimed.article_id, numbers)
            book = rulebook_for(
                session,
                claimed.source,
                claimed.select or self.configuration.select,
                [*self.configuration.ignore, *claimed.ignore],
            )
        chosen = self.configuration.configure(book.rules, claimed.source)
        now = max(filter(None, (self.clock(), claimed.not_before))).replace(microsecond=0)
        report = mark_cut_short(
            engine.lint(
                claimed.submission,
                now=now,
                rules=chosen,
                policy=policy,
                neighbours=alike,
                ceilings=book.ceilings,
                watch=self._watch,
                opened=opened,
            )
        )
        ran = {rule.name: rule.version for rule in chosen}
        with self.database.begin() as session:
            kept = keep_report(session, claimed, report, ran, self.clock(), numbers)
        if self.meters is not None:
            self.meters.add_when_due()
        log.info("reported", source=claimed.source, article=claimed.article_id, report=kept)
        return kept

    @contextmanager
    def _watch(self, rule: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        if self.meters is not None:
            self.meters.count("rule-seconds", rule, time.perf_counter() - began)
            self.meters.count("rule-runs", rule)

    def _give_back(self, claimed: Claimed, error: BaseException) -> None:
        log.error("job-failed", error=repr(error))
        with self.database.begin() as session:
            jobs.fail(session, claimed, say_error(error))


def is_gone(error: FetchError) -> bool:
    """Whether a page is gone for good: there is nothing to lint."""
    return isinstance(error, StatusError) and error.status == 410


def say_error(error: BaseException) -> str:
    """What the desk shows of a failed try."""
    if isinstance(error, SoftTimeLimitExceeded):
        return f"It took longer than a task may: {SOFT_LIMIT_S} s."
    if isinstance(error, SystemExit):
        return "The worker was told to end: it took longer than a task may, or the worker was stopped."
    return f"{type(error).__name__}: {error}"


def mark_cut_short(report: dict[str, Any]) -> dict[str, Any]:
    """The report, incomplete when the time or the memory of this process ended a rule: another run may say more."""
    cut = any(row["reason"] in CUT_SHORT for row in report["not_run"])
    return report | {"complete": False} if cut else report
