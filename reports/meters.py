"""Counts that no table holds: what was answered, and how long rules took. Gathered in memory, added to the store now and then."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

import structlog
from sqlalchemy import Executable, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from reports.database import Database
from reports.errors import StoreDownError
from reports.models import Meter

EVERY = timedelta(seconds=10)  # what a process had not added yet when it was killed is missing from the counts, and only there
log = structlog.get_logger("copydesk.meters")


@dataclass
class Meters:
    """One process' counts on their way into the store."""

    database: Database
    clock: Callable[[], datetime]
    every: timedelta = EVERY
    _counts: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    _added_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str, label: str, amount: float = 1.0) -> None:
        """Counts; nothing is written yet."""
        with self._lock:
            self._counts[name, label] += amount

    def add_when_due(self) -> None:
        """Adds what was gathered, if that is some time ago; a store that is away is tried again later."""
        with self._lock:
            now = self.clock()
            if not self._counts or (self._added_at is not None and now < self._added_at + self.every):
                return
            self._added_at, gathered = now, dict(self._counts)
            self._counts.clear()
        try:
            with self.database.begin() as session:
                _add(session, gathered)
        except StoreDownError as error:
            log.warning("meters-kept-back", reason=error.reason)
            for (name, label), amount in gathered.items():
                self.count(name, label, amount)


def read_meters(session: Session) -> dict[str, dict[str, float]]:
    """Every count, by name and label."""
    found: dict[str, dict[str, float]] = {}
    for row in session.scalars(select(Meter).order_by(Meter.name, Meter.label)):
        found.setdefault(row.name, {})[row.label] = row.amount
    return found


def _add(session: Session, gathered: dict[tuple[str, str], float]) -> None:
    statement = _adding(session.get_bind().dialect.name)
    in_one_order = sorted(gathered.items())  # so that two processes never wait for each other
    rows = [{"name": name, "label": label, "amount": amount} for (name, label), amount in in_one_order]
    session.connection().execute(statement, rows)


@cache
def _adding(dialect: str) -> Executable:
    insert = sqlite.insert(Meter) if dialect == "sqlite" else postgresql.insert(Meter)
    return insert.on_conflict_do_update(index_elements=["name", "label"], set_={"amount": Meter.amount + insert.excluded.amount})
