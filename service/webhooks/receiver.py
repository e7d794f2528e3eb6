"""``POST /webhooks/<source>``: seen to be signed, stored whole, answered; only then read by anyone."""

import structlog
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.models import Source
from reports.refusals import keep_refusal
from reports.sources import NAME, find_source
from service.article_json import Article, read_article
from service.body import read_body
from service.deliveries import Event, take_in
from service.parts import parts
from service.problems import answer_refused
from service.refusal import Refused
from service.strict_json import BadJsonError, read_json
from service.webhooks import standard

EVENTS: dict[object, Event] = {
    "article.published": "publish",
    "article.updated": "publish",
    "article.withdrawn": "withdraw",
}

receiver = Blueprint("receiver", __name__)
log = structlog.get_logger("copydesk.webhooks")


@receiver.post("/webhooks/<name>")
def receive(name: str) -> ResponseReturnValue:
    """200 with the delivery's id and whether it is new; a call turned away is kept by its reason and header names."""
    source = _source(name)
    try:
        return _take(source)
    except Refused as refused:
        _keep(source, refused)
        return answer_refused(refused)


def _source(name: str) -> Source:
    source = None
    if NAME.fullmatch(name):
        with parts().database.begin() as session:
            source = find_source(session, name)
    if source is None:
        raise Refused(404, "There is no such source.")
    return source


def _take(source: Source) -> dict[str, object]:
    body = read_body(request, parts().settings.max_body)
    secrets = [secret for secret in (source.secret_current, source.secret_next) if secret]
    headers = {name.lower(): value for name, value in request.headers}
    delivery_id = standard.verify(headers, body, secrets, parts().clock())
    event, article = _read(body)
    return take_in(source, delivery_id, body, article, event)


def _read(body: bytes) -> tuple[Event, Article]:
    try:
        payload = read_json(body)
    except BadJsonError as error:
        raise Refused(400, error.reason) from error
    if not isinstance(payload, dict):
        raise Refused(400, 'The body is a JSON object: {"type": …, "data": …}.')
    kind = payload.get("type")
    if not isinstance(kind, str) or kind not in EVENTS:
        raise Refused(400, f"type must be one of {', '.join(map(str, EVENTS))}.")
    return EVENTS[kind], read_article(payload.get("data"))


def _keep(source: Source, refused: Refused) -> None:
    """Time, source, reason and the names of the headers; never the body, which anyone may have written."""
    log.warning("webhook-refused", source=source.name, status=refused.status, reason=refused.reason)
    with parts().database.begin() as session:
        keep_refusal(session, source.name, refused.reason, list(request.headers.keys()), parts().clock())
