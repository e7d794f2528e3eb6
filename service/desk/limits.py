"""How often somebody may try to sign in."""

from typing import TYPE_CHECKING, cast

from flask import Flask, request
from flask_limiter import Limiter

if TYPE_CHECKING:
    from flask.typing import RouteCallable

PER_ADDRESS = "20 per minute; 100 per hour"  # a newsroom may sit behind one address
PER_NAME = "10 per minute; 50 per hour"  # a guess at one person's password, from wherever

TOO_MANY = "Too many tries to sign in. Wait some minutes, and then try again."

SIGN_IN = "desk.try_log_in"


def limit_sign_in(app: Flask, limiter: Limiter) -> None:
    """Puts the limits on the sign-in of this application, which counts for itself and for its Redis.

    The address is the connection's own: X-Forwarded-For is what anybody cares to write.
    """
    view = limiter.limit(PER_NAME, key_func=_name_tried, error_message=TOO_MANY)(app.view_functions[SIGN_IN])
    limited = limiter.limit(PER_ADDRESS, error_message=TOO_MANY)(view)
    app.view_functions[SIGN_IN] = cast("RouteCallable", limited)


def _name_tried() -> str:
    """The name in the form, so that many addresses cannot try one account; its case and blanks do not count."""
    return request.form.get("name", "").strip().casefold()[:200]
