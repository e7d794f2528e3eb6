"""The scheduler: a loop that runs the relay until it is told to stop."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from reports import gate, outbox, recurrences, replies, subscriptions, verdicts
from reports.database import Database
from reports.errors import StoreDownError
from reports.jobs import RING_AT_ONCE
from reports.retention import forget_old
from workers.loop import keep_on
from workers.relay import ring_again, ring_due

TIDY_EVERY = timedelta(minutes=10)
ROUNDS = 20  # of forgetting at a time, each a transaction of its own: 2,000 of each kind, and no story waits long
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
    ringers: Sequence[Callable[[datetime], object]] = ()  # what else rings in each round
    chores: Sequence[Callable[[datetime], object]] = ()  # what else is to be done in it
    waiting: Callable[[], int] = int  # rings that nobody has answered yet
    _tidied_at: datetime | None = None
    _forgot_at: datetime | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until ``stop``."""
        keep_on(self.step, self._stopped, self.every.total_seconds())

    def step(self) -> None:
        """One round. A part of it that breaks is logged and holds up no other one; a store that is away ends the round.

        While enough rings wait for a worker, no more are added: a night without one must not fill Redis.
        """
        ringing = (self._ring, *self.ringers) if self.waiting() < RING_AT_ONCE else ()
        for part in (*ringing, self._wake, *self.chores, self.tidy):
            try:
                part(self.clock())
            except StoreDownError:
                raise
            except Exception:
                log.exception("part-failed", part=_name(part))

    def _ring(self, now: datetime) -> None:
        again = ring_again(self.database, self.ring, now, self.ring_after)
        due = ring_due(self.database, self.ring, now)
        if again or due:
            log.info("rang", again=again, due=due)

    def _wake(self, now: datetime) -> None:
        with self.database.begin() as session:
            woken = verdicts.wake(session, now)
            gate.tell_failed(session, now)
            replies.forget(session, now)
        if woken:
            log.info("woke", findings=woken)

    def tidy(self, now: datetime) -> None:
        """Looks for faults that spread and are not kept, and forgets what is past its time, once in ``TIDY_EVERY``."""
        if self._tidied_at is not None and now < self._tidied_at + TIDY_EVERY:
            return
        self._tidied_at = now
        with self.database.begin() as session:
            recurrences.keep(session, recurrences.missing(session))
        forgotten = 0
        for _ in range(ROUNDS):
            with self.database.begin() as session:
                more = forget_old(session, now) + outbox.forget(session, now) + subscriptions.forget(session, now)
            forgotten += more
            if not more:
                break
        if self._forgot_at is None or now >= self._forgot_at + FORGET_EVERY:
            self._forgot_at = now
            with self.database.begin() as session:
                recurrences.forget(session)
        if forgotten:
            log.info("forgotten", count=forgotten)

    def stop(self) -> None:
        """Ends the loop after the current round."""
        self._stopped.set()


def _name(part: Callable[[datetime], object]) -> str:
    function = part.func if isinstance(part, partial) else part
    return str(getattr(function, "__name__", function))
