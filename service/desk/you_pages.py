"""A person's own page: where they are signed in, their password, and what they want to be told of."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports import accounts, facets, signins, subscriptions
from reports.accounts import record, set_password, verify_password
from reports.errors import ReportsError
from reports.subscriptions import Wish
from service.desk import zone
from service.desk.access import guard
from service.desk.forms import number, text
from service.parts import parts

BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # most claim the later ones
SYSTEMS = (("Windows",) * 2, ("Android",) * 2, ("iPhone",) * 2, ("iPad",) * 2, ("Mac OS X", "macOS"), ("Linux",) * 2)

you = Blueprint("you", __name__, url_prefix="/you")
guard(you)


@you.get("")
def show() -> ResponseReturnValue:
    """The page."""
    return _page()


@you.post("/zone")
def set_zone() -> ResponseReturnValue:
    """Tells the times on one's pages in another zone."""
    try:
        with parts().database.begin() as store:
            accounts.set_zone(store, g.user.id, text("zone", 64))
    except ReportsError as error:
        return _page(error.reason)
    flash("Times are told so from now on.")
    return redirect(url_for("you.show"), 303)


@you.post("/password")
def change_password() -> ResponseReturnValue:
    """Another password, for whoever knows the one of now; every other sign-in ends."""
    now = parts().clock()
    with parts().database.read() as store:
        known = verify_password(store, g.user.name, request.form.get("old", ""))
    if known is None:
        return _page("The password of now is another one.")
    try:
        with parts().database.begin() as store:
            set_password(store, g.user.name, request.form.get("new", ""), now, but=g.sign_in.id)
            record(store, g.user.name, "password-changed", {"name": g.user.name}, now)
    except ReportsError as error:
        return _page(error.reason)
    flash("You have another password. Wherever else you were signed in, you are no more.")
    return redirect(url_for("you.show"), 303)


@you.post("/sign-ins/<int(max=2147483647):sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Ends one of one's own sign-ins."""
    now = parts().clock()
    with parts().database.begin() as store:
        signins.end(store, sign_in_id, now, g.user.id)
        record(store, g.user.name, "sign-in-ended", {"name": g.user.name, "sign-in": sign_in_id}, now)
    return redirect(url_for("you.show"), 303)


@you.post("/sign-ins/end-others")
def end_other_sign_ins() -> ResponseReturnValue:
    """Ends every sign-in but this one."""
    now = parts().clock()
    with parts().database.begin() as store:
        signins.end_all(store, g.user.id, now, but=g.sign_in.id)
        record(store, g.user.name, "sign-in-ended", {"name": g.user.name, "sign-in": "all others"}, now)
    flash("You are signed in here and nowhere else.")
    return redirect(url_for("you.show"), 303)


@you.post("/notifications")
def subscribe() -> ResponseReturnValue:
    """Sets a notification up."""
    wish = Wish(
        channel=text("channel", 16),
        address=text("address", 600),
        rhythm=text("rhythm", 16),
        hour=number("hour", 8),
        zone=text("zone", 64) or "UTC",
        least=text("least", 16),
        desk=text("desk", 64) or None,
    )
    try:
        with parts().database.begin() as store:
            made = subscriptions.subscribe(store, g.user.id, wish, parts().clock())
            detail = {"id": made.id, "channel": made.channel, "rhythm": made.rhythm, "least": made.least}
            record(store, g.user.name, "notification-added", detail, parts().clock())
    except ReportsError as error:
        return _page(error.reason, wish)
    flash("It is set up. What comes in from now on is told.")
    return redirect(url_for("you.show"), 303)


@you.post("/notifications/<int(max=2147483647):subscription_id>/remove")
def unsubscribe(subscription_id: int) -> ResponseReturnValue:
    """Ends a notification."""
    with parts().database.begin() as store:
        subscriptions.unsubscribe(store, g.user.id, subscription_id)
        record(store, g.user.name, "notification-removed", {"id": subscription_id}, parts().clock())
    return redirect(url_for("you.show"), 303)


@you.app_template_filter("browser")
def browser(agent: str) -> str:
    """What a browser calls itself, in two words."""
    name = next((name for word, name in BROWSERS if word in agent), agent[:40] or "A program")
    system = next((name for word, name in SYSTEMS if word in agent), None)
    return f"{name} on {system}" if system else name


def _page(failed: str | None = None, wish: Wish | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        mine = subscriptions.subscriptions_of(store, g.user.id)
        shown: dict[str, Any] = {
            "failed": failed,
            "wish": wish or Wish("mail", g.user.email or "", zone=zone.here().key, desk=g.user.desk),
            "sign_ins": [found for found, _ in signins.open_sign_ins(store, parts().clock(), g.user.id)],
            "here": g.sign_in.id,
            "subscriptions": mine,
            "last": subscriptions.last_notices(store, [item.id for item in mine]),
            "desks": facets.desks(store),
            "zone": g.user.zone or "",
            "newsroom": parts().settings.time_zone,
            "has_mail": parts().settings.smtp is not None,
        }
    return render_template("you.html", **shown), 400 if failed else 200
