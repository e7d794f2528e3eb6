"""Looking after the people: who there is and what they may do, tokens for programs, routes to desks, and who did what."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reports import accounts, facets, routing, sight, signins, sources
from reports.accounts import ROLES, SCOPES, record
from reports.errors import ReportsError, UnknownError
from reports.models import User
from service.desk.access import guard
from service.desk.forms import text
from service.parts import parts

PER_PAGE = 100

people = Blueprint("people", __name__, url_prefix="/people")
guard(people)


@people.get("")
def show() -> ResponseReturnValue:
    """Everybody, and a form for one more."""
    return _show()


@people.post("")
def add() -> ResponseReturnValue:
    """One more person."""
    name, role, desk = text("name", 64), text("role", 16), text("desk", 64)
    if not name:
        return _show("Give a name to sign in with.")
    try:
        with parts().database.begin() as store:
            now = parts().clock()
            accounts.create_user(store, name, request.form.get("password", ""), now, role=role, desk=desk or None)
            _record(store, "user-added", now, name=name, role=role)
    except ReportsError as error:
        return _show(error.reason)
    flash(f"{name} can sign in as {role}.")
    return redirect(url_for("people.show"), 303)


@people.get("/<int(max=2147483647):user_id>")
def show_person(user_id: int) -> ResponseReturnValue:
    """One person: role, desk, password, sign-ins."""
    return _show_person(user_id)


@people.post("/<int(max=2147483647):user_id>")
def change(user_id: int) -> ResponseReturnValue:
    """Another role, desk or mail address."""
    role, desk, email = text("role", 16), text("desk", 64), text("email", 254)
    sees = tuple(name.strip() for name in text("sees", 4_000).split(",") if name.strip())

    def change_it(store: Session, _: datetime) -> User:
        sight.bind(store, user_id, sees)
        return accounts.change_user(store, user_id, role=role, desk=desk, email=email)

    return _do(user_id, "user-changed", change_it, role=role, desk=desk, sees=list(sees))


@people.post("/<int(max=2147483647):user_id>/password")
def set_password(user_id: int) -> ResponseReturnValue:
    """Another password; every sign-in of theirs ends."""

    def change_it(store: Session, now: datetime) -> User:
        user = _find(store, user_id)
        accounts.set_password(store, user.name, request.form.get("password", ""), now)
        return user

    return _do(user_id, "password-changed", change_it)


@people.post("/<int(max=2147483647):user_id>/let-go")
def let_go(user_id: int) -> ResponseReturnValue:
    """May not sign in any more."""
    return _do(user_id, "user-let-go", lambda store, now: accounts.let_go(store, user_id, now))


@people.post("/<int(max=2147483647):user_id>/take-back")
def take_back(user_id: int) -> ResponseReturnValue:
    """May sign in again."""
    return _do(user_id, "user-taken-back", lambda store, _: accounts.take_back(store, user_id))


@people.post("/sign-ins/<int(max=2147483647):sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Ends anybody's sign-in."""
    now = parts().clock()
    with parts().database.begin() as store:
        ended = signins.end(store, sign_in_id, now)
        _record(store, "sign-in-ended", now, name=_find(store, ended.user_id).name, sign_in=sign_in_id)
    return redirect(url_for("people.show_person", user_id=ended.user_id), 303)


@people.get("/tokens")
def show_tokens() -> ResponseReturnValue:
    """The keys of programs."""
    return _show_tokens()


@people.post("/tokens")
def make_token() -> ResponseReturnValue:
    """A new key. Its secret is on the page that answers, and never again."""
    label, scopes, now = text("label", 64), request.form.getlist("scope"), parts().clock()
    if not label:
        return _show_tokens("Say who or what will use the token.")
    try:
        with parts().database.begin() as store:
            made, secret = accounts.create_token(store, label, scopes, now)
            _record(store, "token-added", now, label=label, scopes=made.scopes, prefix=made.prefix)
    except ReportsError:
        return _show_tokens("Tick at least one thing that the token may do.")
    return _show_tokens(secret=secret, label=label)


@people.post("/tokens/<prefix>/revoke")
def revoke_token(prefix: str) -> ResponseReturnValue:
    """Ends a key."""
    now = parts().clock()
    with parts().database.begin() as store:
        accounts.revoke_token(store, prefix, now)
        _record(store, "token-revoked", now, prefix=prefix)
    return redirect(url_for("people.show_tokens"), 303)


@people.get("/routes")
def show_routes() -> ResponseReturnValue:
    """Which stories go to which desk."""
    return _show_routes()


@people.post("/routes")
def add_route() -> ResponseReturnValue:
    """One more route, asked last."""
    given = {name: text(name, 200) for name in ("source", "section", "byline", "desk")}
    try:
        with parts().database.begin() as store:
            routing.add_route(store, **given)
            _record(store, "route-added", parts().clock(), **given)
    except ReportsError as error:
        return _show_routes(error.reason, given)
    flash("Stories that come in from now on follow it.")
    return redirect(url_for("people.show_routes"), 303)


@people.post("/routes/<int(max=2147483647):route_id>/remove")
def remove_route(route_id: int) -> ResponseReturnValue:
    """Takes a route out."""
    with parts().database.begin() as store:
        gone = routing.remove_route(store, route_id)
        told = {name: getattr(gone, name) for name in ("source", "section", "byline", "desk")}
        _record(store, "route-removed", parts().clock(), **told)
    return redirect(url_for("people.show_routes"), 303)


@people.post("/routes/<int(max=2147483647):route_id>/up")
def move_route_up(route_id: int) -> ResponseReturnValue:
    """Asks a route before the one above it."""
    with parts().database.begin() as store:
        routing.move_up(store, route_id)
        _record(store, "route-moved", parts().clock(), route=route_id)
    return redirect(url_for("people.show_routes"), 303)


@people.get("/audit")
def show_audit() -> ResponseReturnValue:
    """Who did what, newest first."""
    actor, action = request.args.get("actor", "")[:128], request.args.get("action", "")[:64]
    before = request.args.get("before", None, type=int)
    with parts().database.read() as store:
        rows = accounts.recorded(store, actor=actor, action=action, before=before, limit=PER_PAGE + 1)
        shown: dict[str, Any] = {
            "rows": rows[:PER_PAGE],
            "more": len(rows) > PER_PAGE,
            "actor": actor,
            "action": action,
            "actions": accounts.actions(store),
        }
    return render_template("audit.html", **shown)


def _show(failed: str | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        everybody = accounts.list_users(store)
        seen = {name: found.seen_at for found, name in reversed(signins.open_sign_ins(store, parts().clock()))}
        shown: dict[str, Any] = {
            "people": everybody,
            "seen": seen,
            "failed": failed,
            "roles": ROLES,
            "form": request.form,
            "desks": facets.desks(store),
        }
    return render_template("people.html", **shown), 400 if failed else 200


def _show_person(user_id: int, failed: str | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        person = _find(store, user_id)
        sign_ins = [found for found, _ in signins.open_sign_ins(store, parts().clock(), user_id)]
        shown: dict[str, Any] = {
            "person": person,
            "sign_ins": sign_ins,
            "failed": failed,
            "roles": ROLES,
            "desks": facets.desks(store),
        }
    return render_template("person.html", **shown), 400 if failed else 200


def _show_tokens(failed: str | None = None, *, secret: str | None = None, label: str = "") -> ResponseReturnValue:
    with parts().database.read() as store:
        tokens = accounts.list_tokens(store)
        shown: dict[str, Any] = {"tokens": tokens, "failed": failed, "secret": secret, "label": label, "scopes": SCOPES}
    return render_template("tokens.html", **shown), 400 if failed else 200


def _show_routes(failed: str | None = None, given: dict[str, str] | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        shown: dict[str, Any] = {
            "routes": routing.list_routes(store),
            "failed": failed,
            "given": given or {},
            "sources": [source.name for source in sources.list_sources(store)],
            "desks": facets.desks(store),
        }
    return render_template("routes.html", **shown), 400 if failed else 200


def _do(user_id: int, action: str, change_it: Any, **detail: object) -> ResponseReturnValue:
    """One change of a person, recorded with it in one transaction."""
    now = parts().clock()
    try:
        with parts().database.begin() as store:
            user = change_it(store, now)
            _record(store, action, now, name=user.name, **detail)
    except UnknownError:
        raise
    except ReportsError as error:
        return _show_person(user_id, error.reason)
    flash(f"{user.name}: changed.")
    return redirect(url_for("people.show_person", user_id=user_id), 303)


def _find(store: Session, user_id: int) -> User:
    return store.get(User, user_id) or abort(404, "There is no such person here.")


def _record(store: Session, action: str, now: datetime, **detail: object) -> None:
    record(store, g.user.name, action, detail, now)
