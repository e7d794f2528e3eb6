"""``/api/v1``: an article handed in, a report handed out."""

import hashlib
import re
from typing import Any

from flask import Blueprint, Response, json, request

from reports import queries
from reports.sources import api_source
from service.api.tokens import require
from service.article_json import read_article
from service.body import read_body
from service.deliveries import take_in
from service.parts import parts
from service.refusal import Refused
from service.strict_json import BadJsonError, read_json

KEY = re.compile(r"[\x21-\x7e]{1,256}", re.ASCII)

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.post("/articles")
def submit() -> dict[str, object]:
    """Takes an article in. The same ``Idempotency-Key``, or without one the same body, is taken in once."""
    require(request, "submit")
    body = read_body(request, parts().settings.max_body)
    try:
        article = read_article(read_json(body))
    except BadJsonError as error:
        raise Refused(400, error.reason) from error
    with parts().database.begin() as session:
        source = api_source(session, parts().clock())
    return take_in(source, _delivery_id(body), body, article, "publish")


@api.get("/reports/<int(max=2147483647):report_id>")
def show_report(report_id: int) -> Response:
    """One report, as it was made."""
    require(request, "read")
    with parts().database.begin() as session:
        return _answer(queries.report(session, report_id), "There is no such report.")


@api.get("/articles/<int(max=2147483647):article_id>/report")
def show_latest_report(article_id: int) -> Response:
    """The newest report on an article."""
    require(request, "read")
    with parts().database.begin() as session:
        return _answer(queries.latest_report(session, article_id), "There is no report on this article yet.")


def _delivery_id(body: bytes) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return hashlib.sha256(body).hexdigest()
    if not KEY.fullmatch(key):
        raise Refused(400, "Idempotency-Key must be 1 to 256 visible ASCII characters.")
    return key


def _answer(body: dict[str, Any] | None, missing: str) -> Response:
    if body is None:
        raise Refused(404, missing)
    return Response(json.dumps(body, ensure_ascii=False, sort_keys=False) + "\n", content_type="application/json")
