"""``Idempotency-Key``: the same call twice is done once and answered twice, also when both arrive at the same time."""

import hashlib
import re
from collections.abc import Callable

from flask import Response, request

from reports import replies
from reports.models import Token
from service.parts import parts
from service.refusal import Refused

KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
REPLAYED = "Idempotency-Replayed"


def key_of_call() -> str | None:
    """The key that came with the call. Raises Refused (400) for one that is none."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Refused(400, "Idempotency-Key must be 1 to 200 visible ASCII characters.")
    return key


def once(token: Token, raw: bytes, answer: Callable[[], Response]) -> Response:
    """The answer; for a key that was used before the kept one.

    Raises Refused: 422 when the key came with another call before, 409 while the first call is still being answered.
    """
    key = key_of_call()
    if key is None:
        return answer()
    asked = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + raw).hexdigest()
    with parts().database.begin() as session:
        known = replies.reserve(session, token.id, key, asked, parts().clock())
    if known is not None:
        return _again(known, asked)
    return _first(token, key, answer)


def _again(known: replies.Known, asked: str) -> Response:
    if known.asked != asked:
        raise Refused(422, "This Idempotency-Key came with another call before; use a new one.")
    if known.answer is None:
        raise Refused(409, "The first call with this Idempotency-Key is still being answered; try again in a second.")
    response = Response(known.answer, known.status, content_type=known.content_type)
    response.headers[REPLAYED] = "true"
    return response


def _first(token: Token, key: str, answer: Callable[[], Response]) -> Response:
    """A call that fails gives its key back, so that it can be sent again when it is mended."""
    try:
        response = answer()
    except BaseException:
        with parts().database.begin() as session:
            replies.release(session, token.id, key)
        raise
    with parts().database.begin() as session:
        replies.keep(session, token.id, key, response.status_code, response.content_type or "", response.get_data())
    return response
