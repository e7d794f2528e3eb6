"""Reports and deliveries for the store's tests, as the engine and the web make them."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reports.intake import Accepted, Event, Incoming, accept
from reports.models import Source
from rules.core.engine import lint
from rules.core.rule import Rule
from rules.core.submission import Metadata, Submission

JUNK = '<p>Rain fell on the town.</p><div class="error">Oops! Something went wrong. Please try again later.</div>'
CLEAN = "<p>Rain fell on the town.</p>"


def deliver(
    session: Session,
    source: Source,
    number: str,
    html: str | None = JUNK,
    *,
    now: datetime,
    external_id: str = "story-1",
    revision: str | None = None,
    event: Event = "publish",
    published_at: datetime | None = None,
    section: str | None = None,
) -> Accepted:
    """One delivery of the story."""
    metadata = Metadata(external_id=external_id, revision=revision, published_at=published_at, section=section)
    submission = None if html is None else Submission(html, "html", metadata=metadata)
    body = hashlib.sha256((html or "").encode("utf-8", "replace")).hexdigest()
    return accept(session, source, Incoming(number, body, submission, metadata, event=event), now)


def report_on(html: str, now: datetime, rules: list[Rule] | None = None) -> dict[str, Any]:
    """The engine's report."""
    return lint(Submission(html, "html"), now=now, rules=rules)
