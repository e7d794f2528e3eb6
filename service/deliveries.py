"""From a verified call to the store, and then to the doorbell."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from flask import url_for
from structlog.contextvars import bound_contextvars

from reports.database import Database
from reports.intake import Accepted, Event, Incoming, accept
from reports.models import Source
from service.article_json import Article
from service.parts import parts

log = structlog.get_logger("copydesk.deliveries")


def incoming_of(source: Source, number: str, body: bytes, article: Article, event: Event = "publish") -> Incoming:
    """A delivery as the store takes it in. A page is fetched only where the source has an origin to fetch from."""
    return Incoming(
        number,
        hashlib.sha256(body).hexdigest(),
        article.submission,
        article.metadata,
        article.url,
        event,
        fetch=article.fetch and source.origin is not None,
    )


def take_in(source: Source, incoming: Incoming) -> dict[str, object]:
    """Stores the delivery and, once that is committed, rings for its job; what the sender is told about it."""
    accepted = store(parts().database, source, incoming, parts().clock())
    if accepted.job_id is not None:
        with bound_contextvars(delivery=incoming.delivery_id):
            ring(accepted.job_id, parts().ring)
    return _answer(accepted)


def store(database: Database, source: Source, incoming: Incoming, now: datetime) -> Accepted:
    """Stores the delivery in one transaction."""
    with database.begin() as session:
        accepted = accept(session, source, incoming, now)
    said = {"source": source.name, "delivery": incoming.delivery_id, "article": accepted.article_id, "job": accepted.job_id}
    log.info("taken-in", status=accepted.status, event_type=incoming.event, **said)
    if accepted.conflict:
        log.warning("delivery-conflict", **said)
    return accepted


def answer(taken: Sequence[dict[str, object]]) -> dict[str, object]:
    """What a sender is told: about its article, or about each where one call brought several."""
    if len(taken) == 1:
        return taken[0]
    status = "accepted" if any(one["status"] == "accepted" for one in taken) else "duplicate"
    return {"delivery": str(taken[0]["delivery"]), "status": status, "articles": list(taken)}


def ring(job_id: int, bell: Callable[[int], object]) -> None:
    """Rings for a job; whatever breaks there, the job is stored and the relay rings again."""
    try:
        bell(job_id)
    except Exception as error:  # noqa: BLE001 - see above
        log.warning("ring-failed", job=job_id, error=type(error).__name__)


def _answer(accepted: Accepted) -> dict[str, object]:
    said: dict[str, object] = {"delivery": accepted.kept_as, "status": accepted.status}
    if accepted.article_id is not None:
        said["article"] = accepted.article_id
        said["report_url"] = url_for("api.show_latest_report", article_id=accepted.article_id, _external=True)
    return said
