"""The raw body of a call: bounded, of one type, and never inflated."""

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from service.refusal import Refused

FORM = "application/x-www-form-urlencoded"


def read_body(request: Request, limit: int, *, form: bool = False) -> bytes:
    """The bytes of a JSON call, or of a ``form``, exactly as they were sent and signed.

    Raises Refused: 415 for another type or a compressed body, 413 for more than ``limit`` bytes; a chunked body is
    read no further than that.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Refused(415, f"The body is sent as it is, not with Content-Encoding {encoding[:40]!a}.")
    if form and request.mimetype != FORM:
        raise Refused(415, f"The body must be a form: Content-Type: {FORM}.")
    if not form and not _is_json(request.mimetype):
        raise Refused(415, "The body must be JSON: Content-Type: application/json.")
    request.max_content_length = limit + 1  # one more: Werkzeug cuts a chunked body off at its limit and says nothing
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > limit:
        raise Refused(413, f"The body is larger than {limit:,} bytes.")
    return body


def _is_json(mimetype: str) -> bool:
    return mimetype == "application/json" or (mimetype.startswith("application/") and mimetype.endswith("+json"))
