"""The web, put together: webhooks, API and desk around one store."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Response, request
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]

from reports import signins
from reports.database import Database
from reports.meters import Meters
from reports.settings import Settings
from service import headers, limits, parts, problems
from service.api.routes import api
from service.desk import proofs, provider, source_callbacks, source_calls, triage  # noqa: F401 - some bring their pages to the desk
from service.desk.frame import desk
from service.desk.house_pages import house_pages
from service.desk.limits import limit_sign_in
from service.desk.numbers_pages import numbers
from service.desk.people_pages import people
from service.desk.rule_pages import rules
from service.desk.set_aside import set_aside
from service.desk.source_pages import source_pages
from service.desk.you_pages import you
from service.health import health
from service.metrics import NAME, count_answer, metrics
from service.session_key import read_or_make_key
from service.webhooks.receiver import receiver


def create_app(
    settings: Settings,
    database: Database,
    ring: Callable[[int], object],
    *,
    clock: Callable[[], datetime] = parts.read_clock,
    ring_first: Callable[[int], object] | None = None,
) -> Flask:
    """The application. ``ring`` tells the workers of a job once it is stored; that it fails is harmless.

    ``ring_first``: for a job that goes before the others, since somebody waits for it.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(_configuration(settings))
    parts.install(app, parts.Parts(settings, database, ring, clock, ring_first or ring))
    problems.install(app)
    app.after_request(headers.add_security_headers)
    app.after_request(_count_webhooks)
    protection = CSRFProtect(app)
    provider.install(app, settings)
    app.extensions[NAME] = Meters(database, clock)
    desks = (desk, set_aside, provider.provider, you, people, rules, house_pages, numbers, source_pages)
    for blueprint in (receiver, api, health, metrics, *desks):
        app.register_blueprint(blueprint)
    limit_sign_in(app, limits.install(app, settings))
    for spoken_by_machines in (receiver, api):  # they carry a signature or a token, and no cookie counts there
        protection.exempt(spoken_by_machines)
    return app


def _count_webhooks(response: Response) -> Response:
    return count_answer(response) if request.blueprint == receiver.name else response


def _configuration(settings: Settings) -> dict[str, object]:
    https = settings.https
    return {
        "SECRET_KEY": read_or_make_key(settings.data_dir),
        "MAX_CONTENT_LENGTH": settings.max_body,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,  # the largest form is a house rule with all its phrases and examples
        "SESSION_COOKIE_NAME": "__Host-copydesk" if https else "copydesk",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": signins.LONGEST,  # the store ends it sooner
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=1),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the sign-in: a form may lie open over a long evening
    }
