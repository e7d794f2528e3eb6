"""The sample stories on their way: through the webhook, the queue and a worker, to their reports."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.accounts import create_user
from reports.database import Database
from reports.models import Delivery, Job, Report
from reports.sources import create_source, find_source
from service.errors import SampleError
from service.installation import has_users
from service.sender import Sender

SAMPLES = Path(__file__).parent / "samples"
SOURCE = "samples"
FIRST_USER = "editor"
PATIENCE_S = 60.0  # for a story's report; a lint takes milliseconds, a loaded laptop's worker some seconds to start
TICK_S = 0.1


@dataclass(frozen=True)
class Demonstration:
    """The samples, on a running installation. ``is_over`` tells that nobody waits for them any more."""

    database: Database
    address: str
    is_over: Callable[[], bool]

    def run(self) -> Iterator[dict[str, Any]]:
        """Sends every sample, then gives each one's report. Raises SampleError for one that does not come through."""
        sender = Sender(f"{self.address}/webhooks/{SOURCE}", self._secret())
        sent = [self._send(sender, path) for path in sorted(SAMPLES.glob("*.html"))]
        for delivery_id in sent:
            yield from self._await(delivery_id)

    def make_first_user(self) -> tuple[str, str] | None:
        """A name and a random password when nobody can sign in yet, else None."""
        if has_users(self.database):
            return None
        password = secrets.token_urlsafe(12)  # 96 random bits
        with self.database.begin() as session:
            create_user(session, FIRST_USER, password, datetime.now(UTC), role="admin")
        return FIRST_USER, password

    def _secret(self) -> str:
        with self.database.begin() as session:
            source = find_source(session, SOURCE) or create_source(session, SOURCE, datetime.now(UTC))
            assert source.secret_current
            return source.secret_current

    def _send(self, sender: Sender, path: Path) -> str:
        """Publishes one sample under a delivery id of its own; gives that."""
        delivery_id = f"sample-{secrets.token_hex(8)}"
        address = f"https://samples.example/{path.stem}"
        article = {"url": address, "html": path.read_text(encoding="utf-8"), "metadata": {"external_id": path.stem}}
        sender.publish(delivery_id, article, datetime.now(UTC))
        return delivery_id

    def _await(self, delivery_id: str) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + PATIENCE_S
        while not self.is_over():
            with self.database.begin() as session:
                found = _report_on(session, delivery_id)
            if found is not None:
                yield found
                return
            if time.monotonic() > until:
                raise SampleError(f"A sample story had no report after {PATIENCE_S:g} s.")
            time.sleep(TICK_S)


def _report_on(session: Session, delivery_id: str) -> dict[str, Any] | None:
    """The report that a delivery led to, if it is there. Raises SampleError for a delivery that ended otherwise."""
    job = session.scalars(
        select(Job).join(Delivery, Delivery.id == Job.delivery_id).where(Delivery.delivery_id == delivery_id)
    ).one()
    if job.state in ("poisoned", "superseded"):
        raise SampleError(f"A sample story ended {job.state}: {job.error or 'by a newer revision'}.")
    return session.scalar(select(Report.body).where(Report.revision_id == job.revision_id))
