"""Who calls the API: a bearer token and what it may do."""

from flask import Request

from reports.accounts import record, touch_token, verify_token
from reports.models import Token
from reports.signins import TOUCH
from service.parts import parts
from service.refusal import Refused


def require(request: Request, scope: str) -> Token:
    """The token of the call. Raises Refused: 401 without a token that is good, 403 (and kept) when it may not do this."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise Refused(401, "Send a token: Authorization: Bearer cdk_…, made with copydesk token add.")
    with parts().database.read() as session:
        token = verify_token(session, secret.strip())
    if token is None:
        raise Refused(401, "This token is not known here, or it was revoked.")
    now = parts().clock()
    if token.last_used_at is None or now - token.last_used_at > TOUCH:
        with parts().database.begin() as session:
            touch_token(session, token.id, now)
    if scope not in token.scopes:
        _record(request, token, scope)
        raise Refused(403, f"This token may not {scope}; it may {', '.join(token.scopes)}.")
    return token


def _record(request: Request, token: Token, scope: str) -> None:
    detail: dict[str, object] = {"scope": scope, "method": request.method, "path": request.path[:200]}
    with parts().database.begin() as session:
        record(session, f"token {token.prefix}", "refused", detail, parts().clock())
