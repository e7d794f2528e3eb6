"""How often somebody may call, counted in Redis for all processes together, and in each for itself while Redis is away."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from reports.models import Source, Token
from reports.settings import Settings
from workers.redis_server import socket_path, socket_url

NAME = "copydesk-limits"
REDIS_WAIT_S = 0.5  # for a Redis that does not answer; then this process counts for itself

TOO_MANY_CALLS = "This token calls too often. Wait as many seconds as Retry-After says, and then send the call again."
TOO_MANY_REFUSALS = (
    "Too many calls from this address were refused. Correct what the earlier answers named; a call that is genuine is taken in."
)


@dataclass(frozen=True)
class Limits:
    """What counts one more, and raises RateLimitExceeded (429) past the limit."""

    call: Callable[[], None]
    refusal: Callable[[], None]


def install(app: Flask, settings: Settings) -> Limiter:
    """Sets up the counting of this application, and the limits of the API and of refused webhook calls."""
    app.config.from_mapping(
        RATELIMIT_STORAGE_URI=storage_of(settings),
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": REDIS_WAIT_S, "socket_timeout": REDIS_WAIT_S},
        RATELIMIT_HEADERS_ENABLED=True,  # Retry-After
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )
    app.after_request(_tell_when_to_retry)  # before the limiter's own, since these run last to first
    limiter = Limiter(get_remote_address, app=app, strategy="moving-window")
    app.extensions[NAME] = Limits(
        _limited(limiter, _call, settings.api_per_minute, TOO_MANY_CALLS),
        _limited(limiter, _refusal, settings.refused_per_minute, TOO_MANY_REFUSALS),
    )
    return limiter


def count_call(token: Token) -> None:
    """One more call of the API by a token that is good. Raises RateLimitExceeded."""
    g.counted = f"token {token.id}"
    _limits().call()


def count_refusal(source: Source) -> None:
    """One more call to a source that was not seen to be genuine, from this address. Raises RateLimitExceeded.

    The address is the connection's own, so that behind a proxy it may be everybody's: a genuine call never comes here.
    """
    g.counted = f"{request.remote_addr} {source.id}"
    _limits().refusal()


def storage_of(settings: Settings) -> str:
    """Where the counts are kept: in Redis when there is one, so that all processes count together."""
    url = settings.redis_url or _private(settings)
    if not url:
        return "memory://"
    return f"redis+{url}" if url.startswith("unix://") else url


def _private(settings: Settings) -> str | None:
    """The Redis that ``serve`` runs beside the store, when it does."""
    return socket_url(settings.data_dir) if socket_path(settings.data_dir).exists() else None


def _limited(limiter: Limiter, count: Callable[[], None], per_minute: int, words: str) -> Callable[[], None]:
    if not per_minute:
        return count
    limit = limiter.shared_limit(f"{per_minute} per minute", scope=count.__name__, key_func=_counted, error_message=words)
    return limit(count)


def _call() -> None:
    """What is counted as a call of the API."""


def _refusal() -> None:
    """What is counted as a refused call of a webhook."""


def _counted() -> str:
    return str(g.counted)


def _limits() -> Limits:
    limits: Limits = current_app.extensions[NAME]
    return limits


def _tell_when_to_retry(response: Response) -> Response:
    """The limiter names a time on every answer that it counted; only one that may be sent again keeps it."""
    if response.status_code not in (429, 503):
        response.headers.pop("Retry-After", None)
    return response
