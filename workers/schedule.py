"""The scheduler: a loop that runs the relay until it is told to stop."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from reports import gate, outbox, recurrences, replies, subscriptions, verdicts
from reports.database import Database
from reports.errors import StoreDownError
from reports.jobs import RING_AT_ONCE
from reports.retention import forget_old
from workers.relay import ring_again, ring_due

TIDY_EVERY = timedelta(minutes=10)
FORGET_EVERY = timedelta(days=1)  # faults that spread no more: a stale one costs little, one forgotten as it comes back is missed

log = structlog.get_logger("copydesk.schedule")


@dataclass
class Schedule:
    """The loop. Several may run at once: the store locks the rows that each takes."""

    database: Database
    ring: Callable[[int], object]
    clock: Callable[[], datetime]
    ring_after: timedelta
    every: timedelta
    chores: Sequence[Callable[[datetime], object]] = ()  # what else is to be done in each round
    waiting: Callable[[], int] = int  # rings that nobody has answered yet
    _tidied_at: datetime | None = None
    _forgot_at: datetime | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until ``stop``; a store that is away is waited for."""
        while not self._stopped.is_set():
            try:
                self.step()
            except StoreDownError as error:
                log.warning("store-down", reason=error.reason)
            self._stopped.wait(self.every.total_seconds())

    def step(self) -> None:
        """One round. While enough rings wait for a worker, no more are added: a night without one must not fill Redis."""
        self.tidy()
        again = due = 0
        if self.waiting() < RING_AT_ONCE:
            again = ring_again(self.database, self.ring, self.clock(), self.ring_after)
            due = ring_due(self.database, self.ring, self.clock())
            for chore in self.chores:
                chore(self.clock())
        with self.database.begin() as session:
            woken = verdicts.wake(session, self.clock())
            gate.tell_failed(session, self.clock())
            replies.forget(session, self.clock())
        if again or due or woken:
            log.info("rang", again=again, due=due, woken=woken)

    def tidy(self) -> None:
        """Looks for faults that spread and are not kept, and forgets what is past its time, once in ``TIDY_EVERY``."""
        now = self.clock()
        if self._tidied_at is not None and now < self._tidied_at + TIDY_EVERY:
            return
        self._tidied_at = now
        with self.database.begin() as session:
            recurrences.keep(session, recurrences.missing(session))
        with self.database.begin() as session:
            forgotten = forget_old(session, now) + outbox.forget(session, now) + subscriptions.forget(session, now)
        if self._forgot_at is None or now >= self._forgot_at + FORGET_EVERY:
            self._forgot_at = now
            with self.database.begin() as session:
                recurrences.forget(session)
        if forgotten:
            log.info("forgotten", count=forgotten)

    def stop(self) -> None:
        """Ends the loop after the current round."""
        self._stopped.set()
