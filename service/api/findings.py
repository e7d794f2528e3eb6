"""Findings and incidents, and what becomes of them."""

from sqlalchemy.orm import Session

from reports import incidents, search, verdicts
from reports.errors import BadVerdictError, UnknownError
from reports.queue import Filter
from reports.verdicts import Decision
from rules.core.submission import parse_time, time_text
from service.api import shapes
from service.api.blueprint import ID, operations
from service.api.cursors import next_cursor, read_cursor, write_cursor
from service.api.operation import Call
from service.parts import parts
from service.refusal import Refused

NO_FINDING = "There is no such finding."


@operations.add("GET", "/findings", summary="Find findings", scope="read", query=shapes.FindingsAsked, answer=shapes.FindingPage)
def list_findings(call: Call) -> shapes.FindingPage:
    """Findings that fit every filter, the newest first."""
    asked = call.query
    wanted = search.FindingFilter(
        asked.state, asked.severity, asked.rule, asked.source, asked.article, parse_time(asked.since) if asked.since else None
    )
    with parts().database.read() as session:
        found = search.findings(session, wanted, before=read_cursor(asked.cursor), limit=asked.limit + 1)
    cursor = next_cursor([row.finding.id for row in found], asked.limit)
    return shapes.FindingPage(findings=[_finding(row) for row in found[: asked.limit]], next_cursor=cursor)


@operations.add("GET", f"/findings/<{ID}:finding_id>", summary="A finding", scope="read", answer=shapes.FindingOut, missing=True)
def show_finding(_: Call, finding_id: int) -> shapes.FindingOut:
    """One finding as it is now."""
    with parts().database.read() as session:
        found = search.finding(session, finding_id)
    if found is None:
        raise Refused(404, NO_FINDING)
    return _finding(found)


@operations.add(
    "POST",
    f"/findings/<{ID}:finding_id>/verdicts",
    summary="Change what becomes of a finding",
    scope="write",
    body=shapes.VerdictIn,
    answer=shapes.Judged,
    missing=True,
    keyed=True,
    refusals={409: "The finding has changed since, or is gone; or the first call with this key is being answered."},
)
def judge_finding(call: Call, finding_id: int) -> shapes.Judged:
    """Lets a finding stand, calls it a false alarm, reopens it, assigns it or writes a note on it."""
    said = call.body.root
    given = said.model_dump(exclude={"serial"}, exclude_none=True)
    decision = Decision(**(given | ({"until": parse_time(given["until"])} if "until" in given else {})))
    with parts().database.begin() as session:
        seen = verdicts.Seen(finding_id, _serial(session, finding_id) if said.serial is None else said.serial)
        try:
            outcome = verdicts.judge(session, [seen], decision, _author(call), parts().clock())
        except BadVerdictError as error:
            raise Refused(422, error.reason) from error
        found = search.finding(session, finding_id)
    if found is None:
        raise Refused(404, NO_FINDING)
    if outcome.conflicts:
        raise Refused(409, _conflict(outcome.conflicts[0]))
    return shapes.Judged(finding=_finding(found), batch=outcome.batch_id, changed=len(outcome.applied))


@operations.add(
    "POST",
    f"/batches/<{ID}:batch_id>/undo",
    summary="Take back what was done",
    scope="write",
    answer=shapes.Undone,
    missing=True,
)
def undo_batch(call: Call, batch_id: int) -> shapes.Undone:
    """Takes a change of state back, by the batch that its answer named; doing it twice changes nothing.

    A finding that somebody has judged since keeps that.
    """
    try:
        with parts().database.begin() as session:
            undone = verdicts.undo(session, batch_id, _author(call), parts().clock())
    except UnknownError as error:
        raise Refused(404, error.reason) from error
    left = [shapes.LeftOut.model_validate({"finding": one.finding_id, "state": one.state, "by": one.by}) for one in undone.left]
    return shapes.Undone(batch=batch_id, findings=sorted(undone.restored), left=left)


@operations.add(
    "GET", "/incidents", summary="Find incidents", scope="read", query=shapes.IncidentsAsked, answer=shapes.IncidentPage
)
def list_incidents(call: Call) -> shapes.IncidentPage:
    """The faults that are open in several articles of one source, the most harmful first."""
    asked = call.query
    since = parse_time(asked.since) if asked.since else None
    chosen = Filter(source=asked.source, rule=asked.rule, severity=asked.severity, since=since)
    skipped = read_cursor(asked.cursor) or 0  # they have no number of their own: a page is counted from the first
    with parts().database.read() as session:
        found, _ = incidents.incidents(session, chosen, limit=asked.limit + 1, offset=skipped)
    more = len(found) > asked.limit
    return shapes.IncidentPage(
        incidents=[_incident(row) for row in found[: asked.limit]],
        next_cursor=write_cursor(skipped + asked.limit) if more else None,
    )


def _finding(found: search.FoundFinding) -> shapes.FindingOut:
    own = {name: getattr(found.finding, name) for name in shapes.FindingOut.model_fields if hasattr(found.finding, name)}
    about = {"article": found.article.id, "source": found.source, "url": found.article.url, "headline": found.article.headline}
    times = {name: time_text(own[name]) for name in ("appeared_at", "changed_at", "snoozed_until")}
    return shapes.FindingOut.model_validate(own | about | times)


def _incident(found: incidents.Incident) -> shapes.IncidentOut:
    own = {name: getattr(found, name) for name in shapes.IncidentOut.model_fields if name != "rule"}
    times = {name: time_text(own[name]) for name in ("since", "last")}
    return shapes.IncidentOut.model_validate(own | times | {"rule": found.fault.rule})


def _serial(session: Session, finding_id: int) -> int:
    """The serial of a finding as it is now, for those who say what they say whatever happened."""
    found = search.finding(session, finding_id)
    return found.finding.serial if found else 0


def _author(call: Call) -> str:
    """Who a verdict is by: the token, by its label."""
    return f"{call.token.label[:48]} ({call.token.prefix})"


def _conflict(conflict: verdicts.Conflict) -> str:
    by = conflict.by or "a newer report"
    return f"The finding is {conflict.state} since {time_text(conflict.at)}, by {by}; its serial is {conflict.serial} now."
