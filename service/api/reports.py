"""A report handed out: in the form that was asked for, and only if it is not the one that the caller has already."""

import hashlib

from flask import Response, json, request

from reports.queries import ReportRow
from rules.core.decoding import decode
from rules.core.errors import UnreadableInputError
from rules.core.submission import Submission
from service.exports.forms import FORMS
from service.exports.sheet import Sheet
from service.refusal import Refused

JSON = "application/json"
MEDIA_TYPES = (JSON, *(form.media_type.partition(";")[0] for form in FORMS.values()))


def answer(found: ReportRow | None, form: str | None, missing: str) -> Response:
    """The report, or 304 when If-None-Match names it. Raises Refused: 404 with ``missing``, 406 for a form there is none of."""
    if found is None:
        raise Refused(404, missing)
    chosen = form or _accepted()
    if chosen == "json":
        response = Response(json.dumps(found.body, ensure_ascii=False, sort_keys=False) + "\n", content_type=JSON)
    else:
        sheet = Sheet(found.body, _text(found.submission))
        response = Response("".join(FORMS[chosen].write([sheet])), content_type=FORMS[chosen].media_type)
        response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Vary"] = "Accept, Authorization"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.make_conditional(request)
    return response


def _accepted() -> str:
    """The form that Accept prefers; JSON where it does not say."""
    if not request.accept_mimetypes:
        return "json"
    best = request.accept_mimetypes.best_match(MEDIA_TYPES)
    if best is None:
        raise Refused(406, f"A report is given as {', '.join(MEDIA_TYPES)}; or say ?format=json.")
    return "json" if best == JSON else next(name for name, form in FORMS.items() if form.media_type.startswith(best))


def _text(submission: Submission) -> str | None:
    """The text that the report's offsets count in."""
    try:
        return decode(submission.content, submission.charset).text
    except UnreadableInputError:
        return None
