"""The frame around every page of the desk: who sits there, and the words and versions that each template may use."""

import hashlib
from functools import partial
from pathlib import Path

from flask import Blueprint, g, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from service.desk import zone
from service.desk.access import guard, may
from service.desk.help import explain
from service.desk.search import fault_text
from service.desk.who import VIEW, may_judge

STATIC = Path(__file__).parent / "static"
HTMX = "htmx-2.0.11.min.js"

desk = Blueprint("desk", __name__, template_folder="templates", static_folder="static", static_url_path="/desk/static")


def version_of(name: str) -> str:
    """A static file's version for its address, so that a browser keeps it until it changes."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]


VERSIONS = {name: version_of(name) for name in ("desk.css", "pages.css", "desk.js", "live.js", HTMX)}


guard(desk)


@desk.app_context_processor
def words() -> dict[str, object]:
    """What every page may say."""
    user = g.get("user")
    return {
        "user": user,
        "may": partial(may, user),
        "judges": user is not None and may_judge(user),
        "versions": VERSIONS,
        "htmx": HTMX,
        "help_of": explain,
        "fault_text": fault_text,
        "today": zone.today,
        "queue": "?".join(filter(None, (url_for("desk.list_articles"), session.get(VIEW)))),
    }


for tell in (zone.moment, zone.brief, zone.second):
    desk.add_app_template_filter(tell)


@desk.app_errorhandler(CSRFError)
def answer_foreign_form(_: CSRFError) -> ResponseReturnValue:
    """A form that did not come from this desk, or from a sign-in that is over."""
    detail = "This form did not come from the desk, or the sign-in it came from is over. Nothing was changed."
    return render_template("error.html", status=400, title="Not taken", detail=detail), 400
