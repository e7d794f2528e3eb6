"""Sources at the desk: who may call the webhook, with which secret, and what is done with what they send."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reports import callbacks, facets, gate, sources
from reports.accounts import record
from reports.deliveries import delivery_log
from reports.errors import ReportsError
from reports.models import Source
from rules.core.errors import RulesError
from service.desk.access import guard
from service.desk.forms import text
from service.desk.source_form import read_policy, read_wanted
from service.parts import parts
from service.refusal import Refused
from service.sources import Wanted, add_source, check_secret, hook_path, new_secret, replace_source, wanted_of
from service.webhooks.kind import Kind
from service.webhooks.kinds import KINDS, find_kind

WRONG = (ReportsError, RulesError, Refused)  # what is said of a form that cannot be done; each has its reason

source_pages = Blueprint("sources", __name__, url_prefix="/sources")
guard(source_pages)


@source_pages.get("")
def show() -> ResponseReturnValue:
    """Every source, with its last call and how its callbacks do."""
    with parts().database.read() as store:
        told = callbacks.list_callbacks(store)
        rows = [
            {
                "source": source,
                "label": label_of(source),
                "last": next(iter(delivery_log(store, source, limit=1)), None),
                "waiting": sum(waiting for _, name, waiting, _ in told if name == source.name),
                "given_up": sum(lost for _, name, _, lost in told if name == source.name),
            }
            for source in sources.list_sources(store)
        ]
    return render_template("sources.html", rows=rows)


@source_pages.get("/_new")
def write() -> ResponseReturnValue:
    """Which kind, and then its form."""
    return _form(request.args.get("kind", ""))


@source_pages.post("")
def add() -> ResponseReturnValue:
    """One more source. Its secret is on the page that answers, and never again."""
    name, kind, secret, url = text("name", 63), text("kind", 32), text("secret", sources.MAX_SECRET), text("callback", 2_000)
    now = parts().clock()
    try:
        with parts().database.begin() as store:
            made = add_source(store, name, kind, read_wanted(find_kind(kind)), now, secret or None)
            gate.set_policy(store, name, read_policy())
            told = callbacks.add_callback(store, name, url, now) if url else None
            record(store, g.user.name, "source-added", {"name": name, "kind": kind, "callback": url}, now)
    except WRONG as error:
        return _form(kind, error.reason)
    return _show_hook(name, shown=None if secret else made.secret_current, told=told.secret if told else None)


@source_pages.get("/<name>/hook")
def show_hook(name: str) -> ResponseReturnValue:
    """What to paste into the CMS, and the secrets' state."""
    return _show_hook(name)


@source_pages.post("/<name>/secret")
def begin_rotation(name: str) -> ResponseReturnValue:
    """A second secret, good beside the first. It is on the page that answers, and never again."""
    given, now = text("secret", sources.MAX_SECRET), parts().clock()
    with parts().database.begin() as store:
        source = sources.get_source(store, name)
    try:
        kind = find_kind(source.kind)
        secret = given or new_secret(kind)
        check_secret(kind, secret, source.options)
        with parts().database.begin() as store:
            sources.begin_rotation(sources.get_source(store, name), secret)
            record(store, g.user.name, "source-rotated", {"name": name}, now)
    except WRONG as error:
        return _show_hook(name, failed=error.reason)
    return _show_hook(name, shown=None if given else secret)


@source_pages.post("/<name>/secret/<any(finish, cancel):how>")
def end_rotation(name: str, how: str) -> ResponseReturnValue:
    """From now on one secret is good: the new one, or the old one again."""
    with parts().database.begin() as store:
        source = sources.get_source(store, name)
        (sources.finish_rotation if how == "finish" else sources.cancel_rotation)(source)
        record(store, g.user.name, "source-rotated", {"name": name, "finish": how == "finish"}, parts().clock())
    flash("Only the new secret is good." if how == "finish" else "The new secret is taken back.")
    return redirect(url_for("sources.show_hook", name=name), 303)


@source_pages.get("/<name>/settings")
def show_settings(name: str) -> ResponseReturnValue:
    """What is said of a source, to be changed."""
    return _show_settings(name)


@source_pages.post("/<name>/settings")
def change(name: str) -> ResponseReturnValue:
    """Makes the source what the form says."""
    now = parts().clock()
    with parts().database.begin() as store:
        known = sources.get_source(store, name)
        had, policy_had = wanted_of(known), gate.policy_of(store, known.id)
    wanted, policy = read_wanted(KINDS.get(known.kind), had), read_policy()
    try:
        with parts().database.begin() as store:
            replace_source(sources.get_source(store, name), wanted, now)
            gate.set_policy(store, name, policy)
            changed = _changed(had, wanted) + (["gate"] if policy != policy_had else [])
            record(store, g.user.name, "source-changed", {"name": name, "changed": changed}, now)
    except WRONG as error:
        return _show_settings(name, error.reason)
    flash(f"{name}: changed. What comes in from now on is read that way.")
    return redirect(url_for("sources.show_settings", name=name), 303)


@source_pages.post("/<name>/remove")
def remove(name: str) -> ResponseReturnValue:
    """Closes the webhook, once the source's name was typed."""
    now = parts().clock()
    with parts().database.begin() as store:
        source = sources.get_source(store, name)
        if text("name", 63) == name:
            sources.remove_source(source, now)
            record(store, g.user.name, "source-removed", {"name": name}, now)
    if source.removed_at is None:
        return _show_settings(name, f"Type {name} to close its webhook.")
    flash(f"{name} may not call any more. Its stories and findings stay.")
    return redirect(url_for("sources.show"), 303)


def label_of(source: Source) -> str:
    """What sends, in words."""
    return KINDS[source.kind].label if source.kind in KINDS else "What the API hands in"


def hook_address(source: Source) -> str:
    """The address to paste into the CMS, without a secret."""
    return (parts().settings.address or request.host_url).rstrip("/") + hook_path(source)


def _show_hook(name: str, *, failed: str | None = None, shown: str | None = None, told: str | None = None) -> ResponseReturnValue:
    """``shown``, ``told``: the secret of the source and of its callback, this once."""
    with parts().database.read() as store:
        source = sources.get_source(store, name)
    page = render_template(
        "source_hook.html",
        source=source,
        kind=KINDS.get(source.kind),
        label=label_of(source),
        address=hook_address(source),
        shown=shown,
        told_secret=told,
        failed=failed,
        sent_along=_sends_secret(source),
    )
    return page, 400 if failed else 200


def _show_settings(name: str, failed: str | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        source = sources.get_source(store, name)
        kind, wanted, policy = KINDS.get(source.kind), wanted_of(source), gate.policy_of(store, source.id)
        if failed and "fail_on" in request.form:  # what was typed stays, to be put right
            wanted, policy = read_wanted(kind, wanted), read_policy()
        shown = {"source": source, "label": label_of(source)} | _fields(store, kind, wanted, policy)
    return render_template("source_settings.html", failed=failed, **shown), 400 if failed else 200


def _form(name: str, failed: str | None = None) -> ResponseReturnValue:
    kind = KINDS.get(name)
    wanted, policy = (read_wanted(kind), read_policy()) if failed else (Wanted(), gate.Policy())
    with parts().database.read() as store:
        shown = _fields(store, kind, wanted, policy)
    page = render_template("source_new.html", kinds=KINDS.values(), given=request.form, failed=failed, **shown)
    return page, 400 if failed else 200


def _fields(store: Session, kind: Kind | None, wanted: Wanted, policy: gate.Policy) -> dict[str, Any]:
    return {
        "kind": kind,
        "wanted": wanted,
        "policy": policy,
        "desks": facets.desks(store),
    }


def _sends_secret(source: Source) -> bool:
    kind = KINDS.get(source.kind)
    return kind is not None and (kind.proof == "token" or source.options.get("scheme") == "token")


def _changed(had: Wanted, wanted: Wanted) -> list[str]:
    """The names of what is another now; the values may be secret."""
    return [name for name in Wanted.__dataclass_fields__ if getattr(had, name) != getattr(wanted, name)]
