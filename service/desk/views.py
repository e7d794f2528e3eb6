"""The desk's pages: the way in, the queue, the story."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from reports import history
from reports.accounts import verify_password
from reports.sight import Sight
from rules.core.decoding import storable
from service.desk.access import GONE
from service.desk.frame import desk
from service.desk.listing import count_arrivals, count_faults, read_listing
from service.desk.page import read_page
from service.desk.provider import provider_name
from service.desk.search import FIELDS, LONGEST, Asked, read_asked
from service.desk.who import VIEW, own_path, sign_in, sign_out
from service.parts import parts

LONGEST_VIEW = 500  # characters of a filter that the cookie keeps; a browser takes some 4,000 in all

log = structlog.get_logger("copydesk.desk")


@desk.get("/login")
def log_in() -> ResponseReturnValue:
    """The way in."""
    return _ask(request.args.get("next", ""))


@desk.post("/login")
def try_log_in() -> ResponseReturnValue:
    """Signs in, or says no without saying which of the two was wrong."""
    name, target = storable(request.form.get("name", "")).strip(), request.form.get("next", "")
    with parts().database.read() as store:  # it takes a tenth of a second, in which no delivery waits for a lock
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
    sign_out(g.sign_in)
    return redirect(url_for("desk.log_in"), 303)


@desk.get("/")
def list_articles() -> ResponseReturnValue:
    """One tab of the queue: stories or spreading faults, the worst and newest first."""
    listing = read_listing(asked(), g.user, request.args.get("done", type=int))
    filters = filters_of(request.args)
    query = urlencode(filters)
    session[VIEW] = query if len(query) <= LONGEST_VIEW else ""
    return render_template("queue.html", listing=listing, asked=listing.asked, filters=filters, query=query)


@desk.get("/arrivals")
def tell_arrivals() -> ResponseReturnValue:
    """How many stories came since the page was made: told in a line, and the list stays as it is under the hand."""
    since = _time(request.args.get("since", ""))
    count = count_arrivals(asked(), since)
    return render_template("arrivals.html", count=count, href=url_for("desk.list_articles", **filters_of(request.args)))


@desk.get("/spreading")
def count_spreading() -> ResponseReturnValue:
    """How many faults spread: asked for by the page once it is there, since counting them takes longer than all else on it."""
    question = asked()
    href = url_for("desk.list_articles", **filters_of(request.args) | {"tab": "spreading"})
    return render_template("spreading.html", count=count_faults(question), tab=question.chosen.tab, href=href)


@desk.get("/keys")
def show_keys() -> ResponseReturnValue:
    """The keys, as a page for those whose browser shows no sheet."""
    return render_template("keys.html")


@desk.get("/articles/<int(max=2147483647):article_id>")
def show_article(article_id: int) -> ResponseReturnValue:
    """One story as a galley: its text, the marks in it, the findings beside them."""
    found = read_page(article_id, g.user, request.args.get("done", type=int), taken_in=_number("since"))
    if found is None:
        abort(404, GONE)
    return render_template("article.html", page=found, galley=found.galley)


@desk.get("/articles/<int(max=2147483647):article_id>/news")
def tell_news(article_id: int) -> ResponseReturnValue:
    """What happened to the story since the page was made, by a report or by somebody else; 204 when nothing did.

    What a report changed, the page takes in by itself (live.js) where nothing is being written; what somebody said waits for
    a click, so that no card is judged under another's hand.
    """
    event = _number("event") or 0
    with parts().database.read() as store:
        changes = [actor for actor, _ in history.changes_since(store, article_id, event) if actor != g.user.name]
        is_newer = history.newest_report(store, article_id) != _number("report")
    if not changes and not is_newer:
        return "", 204
    people = sorted({actor for actor in changes if actor is not None})
    takes_in = is_newer or None in changes
    return render_template("news.html", people=people, takes_in=takes_in, article_id=article_id, event=event)


def asked() -> Asked:
    """The filter in the request's address."""
    found = read_asked(request.args, request.args.getlist("article"), g.user.name, parts().clock())
    return replace(found, chosen=replace(found.chosen, sight=Sight.of(g.user)))


def filters_of(args: Mapping[str, str]) -> dict[str, Any]:
    """What of an address narrows the queue, to be carried on to another tab or page."""
    return {name: args[name][:LONGEST] for name in (*FIELDS, "tab", "q", "time", "fault") if args.get(name)}


def _number(name: str) -> int | None:
    """A number of a row in the address; None where there is none that a database could hold."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found < 2**31 else None


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else None


def _ask(target: str, name: str = "", *, failed: bool = False) -> str:
    return render_template("login.html", next=target, name=name, failed=failed, provider=provider_name())
