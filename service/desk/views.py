"""The desk's pages."""

import hashlib
from datetime import datetime
from pathlib import Path

import structlog
from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from reports.accounts import verify_password
from reports.intake import storable
from service.desk.help import help_of
from service.desk.listing import read_listing
from service.desk.page import read_page
from service.desk.who import own_path, sign_in, signed_in
from service.parts import parts

HERE = Path(__file__).parent
STYLE_VERSION = hashlib.sha256((HERE / "static" / "desk.css").read_bytes()).hexdigest()[:8]
OPEN_TO_ALL = ("desk.log_in", "desk.try_log_in")

desk = Blueprint("desk", __name__, template_folder="templates", static_folder="static", static_url_path="/desk/static")
log = structlog.get_logger("copydesk.desk")


@desk.before_request
def ask_who() -> ResponseReturnValue | None:
    """Everything but the way in is for people who signed in."""
    if request.endpoint == "desk.static":
        return None
    g.user = signed_in()
    if g.user is None and request.endpoint not in OPEN_TO_ALL:
        return redirect(url_for("desk.log_in", next=request.full_path.rstrip("?")))
    return None


@desk.app_context_processor
def words() -> dict[str, object]:
    """What every page may say."""
    return {"user": g.get("user"), "style_version": STYLE_VERSION, "help_of": help_of}


@desk.app_template_filter("moment")
def moment(when: datetime) -> str:
    """A time as people read it, in UTC and saying so."""
    return f"{when:%-d %b %Y, %H:%M} UTC"


@desk.app_errorhandler(CSRFError)
def answer_foreign_form(_: CSRFError) -> ResponseReturnValue:
    """A form that did not come from this desk, or from a sign-in that is over."""
    detail = "This form did not come from the desk, or the sign-in it came from is over. Nothing was changed."
    return render_template("error.html", status=400, title="Not taken", detail=detail), 400


@desk.get("/login")
def log_in() -> ResponseReturnValue:
    """The way in."""
    return _ask(request.args.get("next", ""))


@desk.post("/login")
def try_log_in() -> ResponseReturnValue:
    """Signs in, or says no without saying which of the two was wrong."""
    name, target = storable(request.form.get("name", "")).strip(), request.form.get("next", "")
    with parts().database.begin() as store:
        user = verify_password(store, name, request.form.get("password", ""))
    if user is None:
        log.warning("sign-in-refused", address=request.remote_addr)
        return _ask(target, name=name, failed=True), 403
    sign_in(user)
    log.info("signed-in", user=user.id, address=request.remote_addr)
    return redirect(own_path(target) or url_for("desk.list_articles"), 303)


@desk.post("/logout")
def log_out() -> ResponseReturnValue:
    """Ends the sign-in."""
    session.clear()
    return redirect(url_for("desk.log_in"), 303)


@desk.get("/")
def list_articles() -> ResponseReturnValue:
    """Stories with findings, the worst first."""
    return render_template("list.html", listing=read_listing(request.args.get("page", 1, type=int)))


@desk.get("/articles/<int(max=2147483647):article_id>")
def show_article(article_id: int) -> ResponseReturnValue:
    """One story as a galley: its text, the marks in it, the findings beside them."""
    found = read_page(article_id)
    if found is None:
        abort(404, "There is no such story on this desk, or it has not been read yet.")
    return render_template("article.html", page=found, galley=found.galley)


def _ask(target: str, name: str = "", *, failed: bool = False) -> str:
    return render_template("login.html", next=target, name=name, failed=failed)
