"""Who may do what at the desk: one table, by route. What it does not name, nobody may do."""

from collections.abc import Mapping

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.accounts import ROLES, record
from reports.errors import UnknownError
from reports.models import User
from reports.sight import Sight
from service.desk.who import signed_in
from service.parts import parts

GONE = "There is no such story on this desk, or it has not been read yet."
ANYBODY = "anybody"  # without a sign-in
ACCESS: Mapping[str, str] = {  # the endpoint, and the least role that it takes
    "desk.static": ANYBODY,
    "desk.log_in": ANYBODY,
    "desk.try_log_in": ANYBODY,
    "provider.go": ANYBODY,
    "provider.come_back": ANYBODY,
    "desk.log_out": "reader",
    "desk.list_articles": "reader",
    "desk.tell_arrivals": "reader",
    "desk.count_spreading": "reader",
    "desk.show_keys": "reader",
    "desk.show_article": "reader",
    "desk.tell_news": "reader",
    "desk.show_source": "reader",
    "desk.show_preview": "reader",
    "desk.show_fix": "reader",
    "desk.list_done": "reader",
    "desk.save_view": "reader",
    "desk.drop_view": "reader",
    "desk.judge_finding": "editor",
    "desk.ask_bulk": "editor",
    "desk.judge_bulk": "editor",
    "desk.undo": "editor",
    "set_aside.list_jobs": "reader",
    "set_aside.retry_job": "editor",
    "you.show": "reader",
    "you.set_zone": "reader",
    "you.change_password": "reader",
    "you.end_sign_in": "reader",
    "you.end_other_sign_ins": "reader",
    "you.subscribe": "reader",
    "you.unsubscribe": "reader",
    "rules.show": "reader",
    "rules.show_rule": "reader",
    "rules.show_trial": "reader",
    "rules.poll_trial": "reader",
    "rules.start_trial": "editor",
    "rules.set_rule": "rule-owner",
    "rules.set_limit": "rule-owner",
    "house.show": "reader",
    "house.write": "editor",
    "house.edit": "editor",
    "house.save": "editor",
    "house.publish": "rule-owner",
    "house.stop": "rule-owner",
    "numbers.show": "reader",
    "numbers.download": "reader",
    "sources.show": "editor",
    "sources.show_calls": "editor",
    "sources.show_call": "editor",
    "sources.show_hook": "editor",
    "sources.show_test": "editor",
    "sources.try_call": "editor",
    "sources.show_callbacks": "editor",
    "sources.show_messages": "editor",
    "sources.write": "admin",
    "sources.add": "admin",
    "sources.show_settings": "admin",
    "sources.change": "admin",
    "sources.remove": "admin",
    "sources.begin_rotation": "admin",
    "sources.end_rotation": "admin",
    "sources.redeliver": "admin",
    "sources.add_callback": "admin",
    "sources.remove_callback": "admin",
    "sources.redeliver_message": "admin",
    "people.show": "admin",
    "people.add": "admin",
    "people.show_person": "admin",
    "people.change": "admin",
    "people.set_password": "admin",
    "people.let_go": "admin",
    "people.take_back": "admin",
    "people.end_sign_in": "admin",
    "people.show_tokens": "admin",
    "people.make_token": "admin",
    "people.revoke_token": "admin",
    "people.show_routes": "admin",
    "people.add_route": "admin",
    "people.remove_route": "admin",
    "people.move_route_up": "admin",
    "people.show_audit": "admin",
}


def may(user: User | None, endpoint: str) -> bool:
    """Whether somebody may use a route."""
    least = ACCESS.get(endpoint)
    if least is None or (user is None and least != ANYBODY):
        return False
    return user is None or least == ANYBODY or ROLES.index(user.role) >= ROLES.index(least)


def guard(blueprint: Blueprint) -> None:
    """Puts the table before a blueprint's pages, and an answer behind them for what is not here any more."""
    blueprint.before_request(ask_who)
    blueprint.register_error_handler(UnknownError, answer_unknown)


def answer_unknown(error: UnknownError) -> ResponseReturnValue:
    """Somebody or something that is not here, or not here any more."""
    return render_template("error.html", status=404, title="Not here", detail=error.reason), 404


def ask_who() -> ResponseReturnValue | None:
    """Before every page: who is it, and may they. What was refused is recorded."""
    endpoint = request.endpoint or ""
    if endpoint == "desk.static":
        return None
    g.user, g.sign_in = signed_in()
    if may(g.user, endpoint):
        if g.user is not None:
            _hide(g.user)
        return None
    if g.user is None and live():
        return "", 401, {"HX-Redirect": url_for("desk.log_in")}
    if g.user is None:
        return redirect(url_for("desk.log_in", next=request.full_path.rstrip("?") if request.method == "GET" else ""))
    _record_refusal(g.user)
    least = ACCESS.get(endpoint, "nobody")
    return abort(403, f"This takes the role {least}; you are {g.user.role}. An admin can change that under People.")


def _hide(user: User) -> None:
    """404 where the address names a story of a desk that the person does not see: as if it were not there."""
    sight, article_id = Sight.of(user), (request.view_args or {}).get("article_id")
    if article_id is None or not sight.desks:
        return
    with parts().database.read() as session:
        if not sight.seen(session, [article_id]):
            abort(404, GONE)


def live() -> bool:
    """Whether htmx asks for a piece of a page; without it, every answer is a page."""
    return request.headers.get("HX-Request") == "true"


def _record_refusal(user: User) -> None:
    detail: dict[str, object] = {"method": request.method, "path": request.path[:200], "role": user.role}
    with parts().database.begin() as session:
        record(session, user.name, "refused", detail, parts().clock())
