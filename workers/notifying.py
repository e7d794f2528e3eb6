"""The courier: sends people their notices, in a loop of its own so that a slow mail server holds up nothing else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from reports import subscriptions
from reports.accounts import record
from reports.database import Database
from reports.settings import Settings
from reports.subscriptions import Parcel
from workers import hooks, mail
from workers.errors import WorkersError
from workers.loop import keep_on

EVERY_S = 2.0  # "at once" is within some seconds
AT_MOST = 50  # parcels a round
log = structlog.get_logger("copydesk.notifying")


@dataclass
class Courier:
    """Several may run at once: the store leases each parcel to one of them."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until ``stop``."""
        keep_on(self.empty, self._stopped, EVERY_S)

    def stop(self) -> None:
        """Ends the loop after the parcel under way."""
        self._stopped.set()

    def empty(self) -> int:
        """Sends what is due; gives how many parcels it took up."""
        for count in range(AT_MOST):
            with self.database.begin() as session:
                parcel = subscriptions.take_due(session, self.clock())
            if parcel is None or self._stopped.is_set():
                return count
            self._deliver(parcel)
        return AT_MOST

    def _deliver(self, parcel: Parcel) -> None:
        try:
            if parcel.channel == "mail":
                mail.send(parcel, self.settings.address, self.settings.smtp, self.settings.mail_from)
            else:
                hooks.post(parcel, self.settings.address, self.settings.inside_allowed)
        except WorkersError as error:
            self._fail(parcel, error)
            return
        with self.database.begin() as session:
            subscriptions.sent(session, parcel, self.clock())
        log.info("told", subscription=parcel.subscription_id, channel=parcel.channel, findings=len(parcel.items))

    def _fail(self, parcel: Parcel, error: WorkersError) -> None:
        log.warning("not-told", subscription=parcel.subscription_id, attempt=parcel.attempt, reason=error.reason)
        with self.database.begin() as session:
            now = self.clock()
            if subscriptions.failed(session, parcel, error.reason, now, permanent=error.permanent):
                detail: dict[str, object] = {"subscription": parcel.subscription_id, "reason": error.reason}
                record(session, "Copydesk", "notification-given-up", detail, now)
