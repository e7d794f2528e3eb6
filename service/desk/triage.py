"""Verdicts from the desk: on one finding, on a selection or a filter with the count said before, and all of it taken back."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports import history, queue, verdicts, views
from reports.accounts import record
from reports.errors import BadVerdictError, ReportsError, TakenError, UnknownError
from reports.facets import Facets, desks, people
from reports.queries import ArticlePage, article_page
from reports.sight import Sight
from reports.verdicts import Decision, Outcome, Seen
from rules.core.decoding import storable
from rules.core.findings import SEVERITIES
from rules.core.report import summarise
from service.desk import zone
from service.desk.access import GONE, live
from service.desk.frame import desk
from service.desk.galley import Note
from service.desk.page import gravest, open_findings, to_judge
from service.desk.views import asked
from service.desk.who import own_path
from service.parts import parts

NOTHING_DONE = "There is nothing of that number to undo."


@desk.post("/articles/<int(max=2147483647):article_id>/verdict")
def judge_finding(article_id: int) -> ResponseReturnValue:
    """One decision on findings of one story, as their author saw them."""
    seen = [_seen(text) for text in request.form.getlist("seen")]
    now = parts().clock()
    try:
        decision = read_decision(request.form)
        with parts().database.begin() as store:
            if not verdicts.belong(store, seen, article_id):
                abort(404, GONE)
            outcome = verdicts.judge(store, seen, decision, g.user.name, now)
    except BadVerdictError as error:
        return _complain(error)
    with parts().database.begin() as store:
        kept = article_page(store, article_id) or abort(404, GONE)
        told = history.done(store, limit=1, batch_id=outcome.batch_id)[0]
        facets = Facets(desks(store), (), (), people(store))
    if outcome.conflicts:
        return _tell_conflict(kept, decision, outcome)
    if not live():
        return redirect(url_for("desk.show_article", article_id=article_id, done=outcome.batch_id), 303)
    if decision.scope in verdicts.LASTING or len(seen) != 1:
        return _go(url_for("desk.show_article", article_id=article_id, done=outcome.batch_id))
    note = note_of(kept, seen[0].finding_id, request.form.get("number", 0, type=int))
    kept_one = next(row for row in kept.kept.values() if row.id == seen[0].finding_id)
    counts = summarise(to_judge(open_findings(kept)))
    page = {"id": article_id, "source": kept.source, "facets": facets}
    return render_template("judged.html", note=note, kept=kept_one, done=told, counts=counts, page=page)


@desk.get("/bulk")
def ask_bulk() -> ResponseReturnValue:
    """How many findings a verdict on the selection or the filter would be about, before it is said."""
    return _ask_bulk()


@desk.post("/bulk")
def judge_bulk() -> ResponseReturnValue:
    """One decision on all of them, if they still are what was counted."""
    chosen = asked().chosen
    try:
        decision = read_decision(request.form)
        with parts().database.begin() as store:
            found = queue.open_findings(store, chosen)
            same = _stamp(found) == request.form.get("stamp")
            seen = [Seen(row.id, row.serial) for row in found]
            outcome = verdicts.judge(store, seen, decision, g.user.name, parts().clock()) if same else None
    except BadVerdictError as error:
        return _complain(error)
    if outcome is None:
        return _ask_bulk(changed=True), 409
    if outcome.conflicts:
        return render_template("conflict.html", kept=None, decision=decision, outcome=outcome), 409
    return redirect(_back(request.form.get("back", ""), done=outcome.batch_id), 303)


@desk.get("/undo")
def list_done() -> ResponseReturnValue:
    """What was done last, by everybody, each to be taken back."""
    mine = request.args.get("who") != "all"
    with parts().database.read() as store:
        sight = Sight.of(g.user)
        found = history.done(store, by=g.user.name if mine else None)
        rows = [row for row in found if sight.sees_batch(store, row.id)]
    return render_template("undo.html", rows=rows, mine=mine)


@desk.post("/undo/<int(max=2147483647):batch_id>")
def undo(batch_id: int) -> ResponseReturnValue:
    """Takes back what was done at once."""
    try:
        with parts().database.begin() as store:
            if not Sight.of(g.user).sees_batch(store, batch_id):
                abort(404, NOTHING_DONE)
            undone = verdicts.undo(store, batch_id, g.user.name, parts().clock())
            record(store, g.user.name, "undo", {"batch": batch_id, "findings": len(undone.restored)}, parts().clock())
    except UnknownError as error:
        abort(404, error.reason)
    if undone.left:
        page = make_response(render_template("left.html", undone=undone))
        return page if not live() else _go(url_for("desk.list_done"))
    back = _back(request.form.get("back", ""), done=batch_id)
    return _go(back) if live() else redirect(back, 303)


@desk.post("/views")
def save_view() -> ResponseReturnValue:
    """Keeps the queue's present state under a name."""
    query = request.form.get("query", "")
    try:
        with parts().database.begin() as store:
            views.save_view(store, g.user.id, storable(request.form.get("name", "")), storable(query), parts().clock())
    except TakenError as error:
        return _complain(error)
    return redirect(_back(f"/?{query}"), 303)


@desk.post("/views/<int(max=2147483647):view_id>/drop")
def drop_view(view_id: int) -> ResponseReturnValue:
    """Forgets a saved view."""
    with parts().database.begin() as store:
        views.drop_view(store, g.user.id, view_id)
    return redirect(_back(request.form.get("back", "")), 303)


def read_decision(form: Mapping[str, str]) -> Decision:
    """The decision in a form. Raises BadVerdictError for a date that is none."""
    said, _, reason = form.get("say", "").partition(":")
    kind, _, name = storable(form.get("to", "")).partition(":")
    scope = form.get("scope", "finding") if said == "stet" else "finding"
    return Decision(
        action=said,
        reason=reason or None,
        scope=scope,
        until=_date(form.get("until", "")) if scope == "until" else None,
        assignee=name[:64] if kind == "person" else None,
        desk=name[:64] if kind == "desk" else None,
        note=storable(form.get("note", "")).strip() or None,
    )


def note_of(kept: ArticlePage, finding_id: int, number: int) -> Note | None:
    """A finding of the newest report as it hangs in the margin; None when it is judged, or the report has it no more."""
    found = [row for row in open_findings(kept) if row["kept"] is not None and row["kept"].id == finding_id]
    return next((Note(number, row) for row in gravest(found, kept)), None)


def _tell_conflict(kept: ArticlePage, decision: Decision, outcome: Outcome) -> ResponseReturnValue:
    """What came first, and the author's own word, to be said again if they still mean it."""
    told = {
        "kept": kept,
        "decision": decision,
        "outcome": outcome,
        "form": _said_again(),
        "number": request.form.get("number", ""),
    }
    if live():
        return render_template("conflict_card.html", conflict=outcome.conflicts[0], **told)
    return render_template("conflict.html", **told), 409


def _said_again() -> list[tuple[str, str]]:
    """The form's own fields, to be sent once more with the serials of now."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")]


def _ask_bulk(*, changed: bool = False) -> str:
    question = asked()
    with parts().database.read() as store:
        found = queue.open_findings(store, question.chosen)
        facets = Facets(desks(store), (), (), people(store))
    articles = len({row.article_id for row in found})
    back = own_path(request.values.get("back", "")) or url_for("desk.list_articles")
    many = {"found": len(found), "articles": articles, "stamp": _stamp(found), "changed": changed, "back": back}
    severities = Counter(row.severity for row in found)
    many |= {"counts": {word: severities[word] for word in SEVERITIES}, "rules": Counter(row.rule for row in found).most_common()}
    query = urlencode([(name, value) for name, value in request.args.items(multi=True) if name not in ("back", "action")])
    return render_template("bulk.html", asked=question, facets=facets, query=query, action=request.args.get("action"), **many)


def _stamp(found: Sequence[Any]) -> str:
    """What the findings of a filter were when they were counted."""
    return hashlib.sha256(repr([(row.id, row.serial) for row in found]).encode()).hexdigest()[:32]


def _seen(text: str) -> Seen:
    found = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text)
    return Seen(int(found[1]), int(found[2])) if found else abort(400, "The form does not say which finding it is about.")


def _date(text: str) -> datetime | None:
    """The start of a day, where its author is."""
    if not text:
        return None
    try:
        return zone.start_of(text)
    except ValueError as error:
        raise BadVerdictError(f"{text[:20]!r} is no date; write it like 2026-12-24.") from error


def _complain(error: ReportsError) -> ResponseReturnValue:
    if live():
        return render_template("complaint.html", reason=error.reason), 200, {"HX-Retarget": "#toast", "HX-Reswap": "outerHTML"}
    return render_template("error.html", status=400, title="Not done", detail=error.reason), 400


def _back(target: str, **more: object) -> str:
    """A page of this desk to go on to, and the place on it, with what was just done told there."""
    path, mark, place = (own_path(target) or url_for("desk.list_articles")).partition("#")
    path = re.sub(r"([?&])done=\d*&?", r"\1", path).rstrip("?&")
    given = {name: value for name, value in more.items() if value is not None}
    path = f"{path}{'&' if '?' in path else '?'}{urlencode(given)}" if given else path
    return f"{path}{mark}{place}"


def _go(path: str) -> ResponseReturnValue:
    return "", 204, {"HX-Redirect": path}
