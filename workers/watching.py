"""Watching how often rules are right, and demoting those that are wrong too often."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from reports import precision
from reports.database import Database

EVERY = timedelta(minutes=1)  # it counts every judged finding; a desk judges some hundred in an hour
log = structlog.get_logger("copydesk.watching")


@dataclass
class PrecisionWatch:
    """Looks once a minute, however often it is called."""

    database: Database
    looked_at: datetime | None = None

    def look(self, now: datetime) -> None:
        """Demotes what is wrong too often."""
        if self.looked_at is not None and now - self.looked_at < EVERY:
            return
        self.looked_at = now
        with self.database.begin() as session:
            demoted = precision.demote(session, now)
        for rule in demoted:
            log.warning("rule-demoted", rule=rule)
