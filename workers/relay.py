"""The relay: rings again for what the queue forgot, and queues what has fallen due."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from reports import jobs, trials
from reports.database import Database
from reports.sources import bring_forward, claim_reconciles


def ring_again(
    database: Database, ring: Callable[[int], object], now: datetime, ring_after: timedelta, *, swept: bool = False
) -> int:
    """Rings for jobs that were queued too long or whose worker died, those of sweeps or all others; gives how many."""
    with database.begin() as session:
        found = jobs.due_to_ring(session, now, ring_after, swept=swept)
    return len(found) - len(_ring_each(ring, found))


def ring_due(database: Database, ring: Callable[[int], object], now: datetime) -> int:
    """Queues and rings for articles that a rule said to look at again by now; gives how many."""
    with database.begin() as session:
        found = jobs.queue_due(session, now)
    return len(found) - len(_ring_each(ring, found))


def ring_trials(database: Database, ring: Callable[[int], object], now: datetime) -> int:
    """Rings for trials that nobody works on; gives how many."""
    with database.begin() as session:
        found = trials.waiting(session, now)
    return len(found) - len(_ring_each(ring, found))


def ring_looks(database: Database, ring: Callable[[int], object], now: datetime) -> int:
    """Asks for a look at every source whose time has come; gives how many. One that ``ring`` could not ask for is still due."""
    with database.begin() as session:
        found = claim_reconciles(session, now)
    unasked = _ring_each(ring, found)
    if unasked:
        with database.begin() as session:
            bring_forward(session, unasked, now)
    return len(found) - len(unasked)


def _ring_each(ring: Callable[[int], object], numbers: Sequence[int]) -> Sequence[int]:
    """Rings for one after the other until nobody hears it; gives those that were not rung for.

    A Redis that hangs costs each ring its patience: the others are rung for in a later round.
    """
    for done, number in enumerate(numbers):
        if ring(number) is False:
            return numbers[done:]
    return ()
