"""House rules by people who write no code: written, checked by their own examples, tried, published, and every version kept."""

import re
import unicodedata

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from reports import house_rules, sources, trials
from reports.accounts import record
from reports.errors import ReportsError, UnknownError
from reports.house_rules import Version
from rules.core import house
from rules.core.house import ARTICLE_KINDS, Definition
from service.desk.access import guard
from service.desk.forms import choices, lines, text, ticked
from service.parts import parts

LONG = 20_000  # characters of a text area: five hundred phrases

house_pages = Blueprint("house", __name__, url_prefix="/house-rules")
guard(house_pages)


@house_pages.get("/new")
def write() -> ResponseReturnValue:
    """An empty form."""
    return _form(Definition("", "", "", ()), {}, is_new=True)


@house_pages.get("/<slug>/edit")
def edit(slug: str) -> ResponseReturnValue:
    """The newest version, to make another one from."""
    return _form(_versions(slug)[0].definition, {}, is_new=False)


@house_pages.post("/save")
def save() -> ResponseReturnValue:
    """Keeps a new version, when its examples come out as they should."""
    given, reason, is_new, now = read_definition(), text("reason", 600), text("is_new", 3) == "yes", parts().clock()
    wrong = house.problems(given)
    if not reason:
        wrong["reason"] = "Say why: the next person who looks at it will ask."
    with parts().database.begin() as store:
        if is_new and given.slug in house_rules.slugs(store):
            wrong["title"] = "There is a house rule of that name; give this one another title, or edit that one."
    if wrong:
        return _form(given, wrong, is_new=is_new, reason=reason)
    try:
        with parts().database.begin() as store:
            saved = house_rules.save(store, given, author=g.user.name, reason=reason, now=now)
            detail: dict[str, object] = {"rule": given.slug, "version": saved, "reason": reason}
            record(store, g.user.name, "house-rule-saved", detail, now)
    except ReportsError as error:
        return _form(given, {"reason": error.reason}, is_new=is_new, reason=reason)
    flash(f"Version {saved} is kept. Try it against the stored stories before it goes live.")
    return redirect(url_for("house.show", slug=given.slug), 303)


@house_pages.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """A house rule: what it says, its trials, its versions."""
    return _show(slug)


@house_pages.post("/<slug>/<int(max=2147483647):number>/publish")
def publish(slug: str, number: int) -> ResponseReturnValue:
    """Lets a version be run."""
    now = parts().clock()
    try:
        with parts().database.begin() as store:
            house_rules.publish(store, slug, number, by=g.user.name, now=now)
            record(store, g.user.name, "house-rule-published", {"rule": slug, "version": number}, now)
    except UnknownError:
        raise
    except ReportsError as error:
        return _show(slug, error.reason)
    flash(f"Version {number} is live: stories that come in from now on are read with it.")
    return redirect(url_for("house.show", slug=slug), 303)


@house_pages.post("/<slug>/stop")
def stop(slug: str) -> ResponseReturnValue:
    """Runs it no more."""
    with parts().database.begin() as store:
        house_rules.stop(store, slug)
        record(store, g.user.name, "house-rule-stopped", {"rule": slug}, parts().clock())
    flash("It is not run any more. Its versions are kept.")
    return redirect(url_for("house.show", slug=slug), 303)


def read_definition() -> Definition:
    """What the form says."""
    title = text("title", 200)
    return Definition(
        slug=text("slug", 64) or slug_of(title),
        title=title,
        why=text("why", 3_000),
        phrases=lines("phrases", LONG),
        exceptions=lines("exceptions", LONG),
        replacement=text("replacement", 300),
        severity=text("severity", 8),
        match_case=ticked("match_case"),
        in_quotes=ticked("in_quotes"),
        sources=choices("sources"),
        sections=lines("sections", LONG),
        kinds=choices("kinds"),
        catches=lines("catches", LONG),
        spares=lines("spares", LONG),
    )


def slug_of(title: str) -> str:
    """``house-`` and the title's words: a name for good, made once."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "house-" + "-".join(re.findall(r"[a-z0-9]+", plain))[:50].strip("-")


def _show(slug: str, failed: str | None = None) -> ResponseReturnValue:
    found = _versions(slug)
    newest, live = found[0], next((version for version in found if version.is_live), None)
    with parts().database.read() as store:
        tried = trials.trials_of(store, slug)
    page = render_template(
        "house.html",
        slug=slug,
        versions=found,
        newest=newest,
        live=live,
        trials=tried,
        is_tried=any(trial.version == newest.number and trial.state == "done" for trial in tried),
        days=trials.DAYS,
        failed=failed,
    )
    return page, 400 if failed else 200


def _versions(slug: str) -> list[Version]:
    with parts().database.read() as store:
        return house_rules.versions(store, slug)


def _form(given: Definition, wrong: dict[str, str], *, is_new: bool, reason: str = "") -> ResponseReturnValue:
    with parts().database.read() as store:
        names = [source.name for source in sources.list_sources(store)]
    page = render_template(
        "house_form.html", given=given, wrong=wrong, is_new=is_new, reason=reason, sources=names, kinds=ARTICLE_KINDS
    )
    return page, 400 if wrong else 200
