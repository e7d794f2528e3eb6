"""Pages that a worker fetched, for deliveries that came without a body."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reports import jobs
from reports.intake import language_of
from reports.jobs import Claimed
from reports.models import Article, Revision, Source

PATIENCE = (timedelta(seconds=30), timedelta(minutes=5))  # until the second and the third try: a restart, a longer outage


def keep_page(session: Session, claimed: Claimed, content: bytes, charset: str | None) -> Claimed | None:
    """Puts the page into the revision that waited for it; None when the claim no longer stands."""
    if jobs.holds(session, claimed) is None:
        return None
    revision = session.get_one(Revision, claimed.revision_id)
    source = session.get_one(Source, session.get_one(Article, claimed.article_id).source_id)
    metadata = claimed.submission.metadata
    metadata = replace(metadata, language=language_of(source, metadata, content))
    revision.content, revision.content_kind, revision.content_hash = content, "auto", hashlib.sha256(content).hexdigest()
    revision.meta = revision.meta | {"charset": charset, "metadata": metadata.to_mapping()}
    return replace(claimed, fetch=False, submission=jobs.submission_of(revision))


def give_up(session: Session, claimed: Claimed, reason: str, now: datetime, *, permanent: bool, gone: bool) -> None:
    """A page that did not come: ended where it is gone, set aside where trying again is useless, else tried again later."""
    job = jobs.holds(session, claimed)
    if job is None:
        return
    if gone:
        jobs.finish(session, job, "no-body", reason)
        return
    later = PATIENCE[min(claimed.attempt, len(PATIENCE)) - 1]
    jobs.fail(session, claimed, reason, permanent=permanent, not_before=now + later)
