"""Reconciling: what a CMS published since the last look and no webhook brought is submitted like a delivery.

Ghost, Strapi, Storyblok and Drupal never send a webhook twice; a minute in which nobody answered is a gap for good.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urldefrag

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reports.database import Database
from reports.errors import BadSourceError
from reports.intake import Accepted, Incoming, accept, order_of
from reports.jobs import newest_revision
from reports.models import Article, Revision, Source
from rules.core.submission import Metadata, Submission
from workers.errors import FetchError
from workers.fetching import Fetcher
from workers.listing import HOW, Listed, Look

FIRST_LOOK = timedelta(days=2)  # how far the first look goes back: a weekend
OVERLAP = timedelta(hours=1)  # looks overlap, since clocks and caches differ; what is known is not taken twice
SLACK = timedelta(minutes=2)  # a list's time of change may be a little later than what the webhook brought

log = structlog.get_logger("copydesk.reconcile")


@dataclass(frozen=True)
class Reconciled:
    """What one look came to."""

    listed: int
    submitted: int


@dataclass(frozen=True)
class Reconciling:
    """What a look needs: the store, the bell, a clock and a way to fetch."""

    database: Database
    ring: Callable[[int], object]
    clock: Callable[[], datetime]
    fetcher: Fetcher

    def run(self, source_id: int) -> Reconciled:
        """One look at a source. Raises BadSourceError when it does not know how, FetchError when the list does not come."""
        now = self.clock()
        with self.database.begin() as session:
            source = session.get_one(Source, source_id)
        listed = submitted = 0
        for item in self._list(source, now):  # one by one: a look that is cut short has done what it has done
            listed += 1
            accepted = self._submit(source, item, now)
            if accepted is not None:
                submitted += 1
                if accepted.job_id is not None:  # rung for after the transaction: before, no worker would find it
                    self.ring(accepted.job_id)
        with self.database.begin() as session:
            session.get_one(Source, source_id).reconciled_at = now
        log.info("reconciled", source=source.name, listed=listed, submitted=submitted)
        return Reconciled(listed, submitted)

    def _list(self, source: Source, now: datetime) -> Iterator[Listed]:
        how, origins = source.options.get("reconcile"), (source.origin or "").split()
        if how not in HOW or not origins:
            raise BadSourceError(
                f"{source.name} says neither how nor where to look: copydesk source change --reconcile … --origin …"
            )
        since = (source.reconciled_at - OVERLAP) if source.reconciled_at else now - FIRST_LOOK
        url, key = source.options.get("reconcile_url"), source.options.get("reconcile_key")
        look = Look(lambda address: self.fetcher.listing(address, origins), origins[0], url, key, since)
        for item in HOW[how](look):
            changed = item.modified_at or item.published_at
            if item.url and (changed is None or since <= changed <= now + OVERLAP):
                yield item

    def _submit(self, source: Source, item: Listed, now: datetime) -> Accepted | None:
        """What became of a story that is new here, or newer than what is known; one transaction each."""
        with self.database.begin() as session:
            article = _known(session, source, item)
            newest = newest_revision(session, article.id) if article else None
            metadata = _metadata(item, article, newest)
            if article is not None and not _is_newer(article, newest, metadata, now, exact=item.html is not None):
                return None
            submission = Submission(item.html, "html", path=item.url, url=item.url, metadata=metadata) if item.html else None
            changed = item.modified_at or item.published_at
            known_by = f"{item.external_id or item.url} {changed} {item.html}"
            digest = hashlib.sha256(known_by.encode("utf-8", "replace")).hexdigest()
            incoming = Incoming(f"look-{digest[:40]}", digest, submission, metadata, item.url, fetch=True)
            accepted = accept(session, source, incoming, now)
        return accepted if accepted.status == "accepted" else None


def look(reconciling: Reconciling, source_id: int) -> None:
    """One look as the scheduler asks for it: a list that does not come is told in the log, and the next look goes back as far."""
    try:
        reconciling.run(source_id)
    except (FetchError, BadSourceError) as error:
        log.warning("not-reconciled", source=source_id, reason=error.reason)


def _known(session: Session, source: Source, item: Listed) -> Article | None:
    """By the CMS's own id, else by the address without its fragment."""
    address = urldefrag(item.url or "")[0]
    same = [Article.url == address]
    if item.external_id:
        same.append(Article.external_id == item.external_id)
    found = select(Article).where(Article.source_id == source.id, or_(*same)).order_by(Article.id)
    return session.scalars(found).first()


def _metadata(item: Listed, article: Article | None, newest: Revision | None) -> Metadata:
    """What the list says; a story that is known keeps its id, and the number up to which its sender had counted."""
    return Metadata(
        headline=item.headline,
        byline=item.byline,
        published_at=item.published_at,
        modified_at=item.modified_at,
        external_id=article.external_id if article else item.external_id,
        revision=newest.order_key.split(" ")[0] if newest else None,
    )


def _is_newer(article: Article, newest: Revision | None, metadata: Metadata, now: datetime, *, exact: bool) -> bool:
    """Whether the list tells of a change that is not here; without times of change it tells of none.

    ``exact``: the list's times are those that the webhook carries. A feed's may be a little later for the same change.
    """
    order = order_of(metadata, now)
    if metadata.modified_at is None:
        return newest is None and article.withdrawn_at is None
    if article.withdrawn_at is not None and order <= (article.withdrawn_key or ""):
        return False
    return newest is None or (order > newest.order_key and (exact or metadata.modified_at > newest.received_at + SLACK))
