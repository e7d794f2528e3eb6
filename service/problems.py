"""Errors as answers: problem+json (RFC 9457) for machines, a quiet page for people."""

import traceback

import structlog
from flask import Flask, Response, json, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from reports.errors import StoreDownError
from service.refusal import Refused

RETRY_AFTER_S = 30  # long enough for a database to restart, short enough for senders that give up after minutes
FOR_MACHINES = ("/webhooks/", "/api/", "/healthz", "/readyz", "/metrics")

log = structlog.get_logger("copydesk.web")


def problem(status: int, detail: str) -> Response:
    """An RFC 9457 problem: what kind of error (the status says it), and what to do about it."""
    body = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status, "detail": detail}
    return Response(json.dumps(body) + "\n", status, content_type="application/problem+json")


def install(app: Flask) -> None:
    """Teaches ``app`` its error answers."""
    app.register_error_handler(Refused, answer_refused)
    app.register_error_handler(HTTPException, answer_http)
    for passing in (StoreDownError, PoolTimeoutError):
        app.register_error_handler(passing, answer_store_down)
    app.register_error_handler(Exception, answer_fault)


def answer_refused(error: Refused) -> ResponseReturnValue:
    """A call turned away, with the reason."""
    response = problem(error.status, error.reason)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer" if request.path.startswith("/api/") else "Webhook-Signature"
    return response


def answer_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses: no such page, wrong method, too many tries, a form from elsewhere."""
    status = error.code or 500
    response = _answer(status, error.description or HTTP_STATUS_CODES[status])
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def answer_store_down(error: Exception) -> ResponseReturnValue:
    """A passing fault of the store: 503, so that a sender tries again and loses nothing."""
    log.error("store-down", path=_path(), reason=str(error))
    response = _answer(503, "The store is not reachable just now; nothing was taken in. Please try again.")
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def answer_fault(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged whole, told briefly."""
    trace = "".join(traceback.format_exception(error))  # without the values of variables: passwords and secrets are there
    log.error("fault", path=_path(), error=type(error).__name__, trace=trace)
    return _answer(500, "Something broke here. It has been logged.")


def _path() -> str:
    """The path, without the secret that stands at the end of some webhooks' addresses."""
    parts = request.path.split("/")
    return "/".join([*parts[:3], "…"]) if parts[1] == "webhooks" and len(parts) > 3 else request.path


def _answer(status: int, detail: str) -> Response:
    if request.path.startswith(FOR_MACHINES):
        return problem(status, detail)
    page = render_template("error.html", status=status, title=HTTP_STATUS_CODES[status], detail=detail)
    return Response(page, status)
