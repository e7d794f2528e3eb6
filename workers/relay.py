"""The relay: rings again for what the queue forgot, and queues what has fallen due."""

from collections.abc import Callable
from datetime import datetime, timedelta

from reports import jobs, trials
from reports.database import Database
from reports.sources import claim_reconciles, reconcile_at


def ring_again(
    database: Database, ring: Callable[[int], object], now: datetime, ring_after: timedelta, *, swept: bool = False
) -> int:
    """Rings for jobs that were queued too long or whose worker died, those of sweeps or all others; gives how many."""
    with database.begin() as session:
        found = jobs.due_to_ring(session, now, ring_after, swept=swept)
    for job_id in found:
        ring(job_id)
    return len(found)


def ring_due(database: Database, ring: Callable[[int], object], now: datetime) -> int:
    """Queues and rings for articles that a rule said to look at again by now; gives how many."""
    with database.begin() as session:
        found = jobs.queue_due(session, now)
    for job_id in found:
        ring(job_id)
    return len(found)


def ring_trials(database: Database, ring: Callable[[int], object], now: datetime) -> int:
    """Rings for trials that nobody works on; gives how many."""
    with database.begin() as session:
        found = trials.waiting(session, now)
    for trial_id in found:
        ring(trial_id)
    return len(found)


def ring_looks(database: Database, ring: Callable[[int], bool], now: datetime) -> int:
    """Asks for a look at every source whose time has come; gives how many. One that ``ring`` could not ask for is still due."""
    with database.begin() as session:
        found = claim_reconciles(session, now)
    unasked = [source_id for source_id in found if not ring(source_id)]
    if unasked:
        with database.begin() as session:
            reconcile_at(session, unasked, now)
    return len(found)
