"""From a verified call to the store, and then to the doorbell."""

import hashlib
from typing import Literal

import structlog
from flask import url_for
from structlog.contextvars import bound_contextvars

from reports.intake import Accepted, accept
from reports.models import Source
from service.article_json import Article
from service.parts import parts

Event = Literal["publish", "withdraw"]
log = structlog.get_logger("copydesk.deliveries")


def take_in(source: Source, delivery_id: str, body: bytes, article: Article, event: Event) -> dict[str, object]:
    """Stores the delivery and, once that is committed, rings for its job; what the sender is told about it."""
    with parts().database.begin() as session:
        accepted = accept(
            session,
            source,
            delivery_id,
            hashlib.sha256(body).hexdigest(),
            article.submission,
            event=event,
            metadata=article.metadata,
            url=article.url,
            now=parts().clock(),
        )
    said = {"source": source.name, "delivery": delivery_id, "article": accepted.article_id, "job": accepted.job_id}
    log.info("taken-in", status=accepted.status, event_type=event, **said)
    if accepted.conflict:
        log.warning("delivery-conflict", **said)
    if accepted.job_id is not None:
        with bound_contextvars(delivery=delivery_id):
            ring_for(accepted.job_id)
    return _answer(delivery_id, accepted)


def ring_for(job_id: int) -> None:
    """Tells the workers of a stored job; that it fails is harmless."""
    try:
        parts().ring(job_id)
    except Exception as error:  # noqa: BLE001 - whatever breaks there, the job is stored and the relay rings again
        log.warning("ring-failed", job=job_id, error=type(error).__name__)


def _answer(delivery_id: str, accepted: Accepted) -> dict[str, object]:
    answer: dict[str, object] = {"delivery": delivery_id, "status": accepted.status}
    if accepted.article_id is not None:
        answer["article"] = accepted.article_id
        answer["report_url"] = url_for("api.show_latest_report", article_id=accepted.article_id, _external=True)
    return answer
