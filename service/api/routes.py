"""``/api/v1``: every operation, each a few lines over the store."""

import hashlib
from dataclasses import fields

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from reports import incidents, queries, search, verdicts
from reports.errors import BadVerdictError
from reports.queue import Filter
from reports.sources import api_source, find_source, list_sources
from reports.verdicts import Decision
from rules.core import catalogue
from rules.core.errors import BadRuleError
from rules.core.report import time_text
from rules.core.rule import Rule
from rules.core.submission import parse_time
from service.api import description, gate, reports, shapes
from service.api.cursors import next_cursor, read_cursor, write_cursor
from service.api.idempotency import key_of_call
from service.api.operation import Call, Operations
from service.article_json import read_article
from service.deliveries import take_in
from service.parts import parts
from service.refusal import Refused
from service.strict_json import read_json

ID = "int(max=2147483647)"
NO_FINDING = "There is no such finding."
NO_REPORT = "There is no report on this article yet."

api = Blueprint("api", __name__, url_prefix="/api/v1")
operations = Operations(api, [])


@operations.add(
    "POST", "/articles", summary="Hand an article in", scope="submit", body=shapes.ArticleIn, answer=shapes.Submitted, keyed=True
)
def submit(call: Call) -> dict[str, object]:
    """Takes an article in to be linted. Without an Idempotency-Key the same body is taken in once."""
    key = key_of_call()
    delivery = f"{call.token.id}:{key}" if key else hashlib.sha256(call.raw).hexdigest()
    article = read_article(read_json(call.raw))
    with parts().database.begin() as session:
        source = api_source(session, parts().clock())
    return take_in(source, delivery, call.raw, article, "publish")


@operations.add("GET", "/articles", summary="Find articles", scope="read", query=shapes.ArticlesAsked, answer=shapes.ArticlePage)
def list_articles(call: Call) -> shapes.ArticlePage:
    """The articles that have a report, the newest first."""
    asked = call.query
    wanted = search.ArticleFilter(asked.source, asked.external_id, asked.url)
    with parts().database.begin() as session:
        found = search.articles(session, wanted, before=read_cursor(asked.cursor), limit=asked.limit + 1)
    cursor = next_cursor([row.article.id for row in found], asked.limit)
    return shapes.ArticlePage(articles=[_article(row) for row in found[: asked.limit]], next_cursor=cursor)


@operations.add(
    "GET",
    f"/articles/<{ID}:article_id>/report",
    summary="The newest report on an article",
    scope="read",
    query=shapes.Asked,
    answer=shapes.ReportOut,
    missing=True,
    media=reports.MEDIA_TYPES,
    conditional=True,
    refusals={406: "No form that Accept names."},
)
def show_latest_report(call: Call, article_id: int) -> Response:
    """The newest report, in the form that format or Accept names."""
    with parts().database.begin() as session:
        found = queries.latest_report(session, article_id)
    return reports.answer(found, call.query.format, NO_REPORT)


gate.install(operations)


@operations.add(
    "GET",
    f"/reports/<{ID}:report_id>",
    summary="A report",
    scope="read",
    query=shapes.Asked,
    answer=shapes.ReportOut,
    missing=True,
    media=reports.MEDIA_TYPES,
    conditional=True,
    refusals={406: "No form that Accept names."},
)
def show_report(call: Call, report_id: int) -> Response:
    """One report as it was made, in the form that format or Accept names."""
    with parts().database.begin() as session:
        found = queries.report(session, report_id)
    return reports.answer(found, call.query.format, "There is no such report.")


@operations.add("GET", "/findings", summary="Find findings", scope="read", query=shapes.FindingsAsked, answer=shapes.FindingPage)
def list_findings(call: Call) -> shapes.FindingPage:
    """Findings that fit every filter, the newest first."""
    asked = call.query
    wanted = search.FindingFilter(
        asked.state, asked.severity, asked.rule, asked.source, asked.article, parse_time(asked.since) if asked.since else None
    )
    with parts().database.begin() as session:
        found = search.findings(session, wanted, before=read_cursor(asked.cursor), limit=asked.limit + 1)
    cursor = next_cursor([row.finding.id for row in found], asked.limit)
    return shapes.FindingPage(findings=[_finding(row) for row in found[: asked.limit]], next_cursor=cursor)


@operations.add("GET", f"/findings/<{ID}:finding_id>", summary="A finding", scope="read", answer=shapes.FindingOut, missing=True)
def show_finding(_: Call, finding_id: int) -> shapes.FindingOut:
    """One finding as it is now."""
    with parts().database.begin() as session:
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
    "GET", "/incidents", summary="Find incidents", scope="read", query=shapes.IncidentsAsked, answer=shapes.IncidentPage
)
def list_incidents(call: Call) -> shapes.IncidentPage:
    """The faults that are open in several articles of one source, the most harmful first."""
    asked = call.query
    since = parse_time(asked.since) if asked.since else None
    chosen = Filter(source=asked.source, rule=asked.rule, severity=asked.severity, since=since)
    skipped = read_cursor(asked.cursor) or 0  # they have no number of their own: a page is counted from the first
    with parts().database.begin() as session:
        found = incidents.incidents(session, chosen, limit=asked.limit + 1, offset=skipped)
    more = len(found) > asked.limit
    return shapes.IncidentPage(
        incidents=[_incident(row) for row in found[: asked.limit]],
        next_cursor=write_cursor(skipped + asked.limit) if more else None,
    )


@operations.add("GET", "/rules", summary="The rules", scope="read", answer=shapes.RuleList)
def list_rules(_: Call) -> shapes.RuleList:
    """The whole catalogue, by name."""
    return shapes.RuleList(rules=[shapes.RuleOut.model_validate(_rule(rule)) for rule in catalogue.load()])


@operations.add("GET", "/rules/<name>", summary="A rule", scope="read", answer=shapes.RulePage, missing=True)
def show_rule(_: Call, name: str) -> shapes.RulePage:
    """One rule with its help page, by its name or an old one."""
    try:
        rule = catalogue.find(name)
    except BadRuleError as error:
        raise Refused(404, error.reason[:300]) from error
    options = {item.name: str(getattr(rule, item.name)) for item in fields(rule)}
    return shapes.RulePage.model_validate(_rule(rule) | {"help": rule.help, "options": options})


@operations.add("GET", "/sources", summary="The senders", scope="read", answer=shapes.SourceList)
def show_sources(_: Call) -> shapes.SourceList:
    """Every sender, without its secrets."""
    with parts().database.begin() as session:
        return shapes.SourceList(sources=[_source(source) for source in list_sources(session)])


@operations.add("GET", "/sources/<name>", summary="A sender", scope="read", answer=shapes.SourceOut, missing=True)
def show_source(_: Call, name: str) -> shapes.SourceOut:
    """One sender, without its secrets."""
    with parts().database.begin() as session:
        found = find_source(session, name)
        if found is None:
            raise Refused(404, "There is no such source.")
        return _source(found)


@api.get("/openapi.json")
def show_description() -> Response:
    """What this API is, as OpenAPI 3.1; anybody may read it."""
    response = Response(description.written(tuple(operations.all)), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _article(found: search.FoundArticle) -> shapes.ArticleOut:
    article = found.article
    return shapes.ArticleOut(
        id=article.id,
        source=found.source,
        external_id=article.external_id,
        url=article.url,
        headline=article.headline,
        withdrawn_at=time_text(article.withdrawn_at),
        report_id=article.latest_report_id or 0,  # the search leaves out those without
        report_url=url_for("api.show_latest_report", article_id=article.id, _external=True),
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


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "summary": rule.summary,
        "category": rule.category,
        "severity": rule.severity.word,
        "version": rule.version,
        "since": rule.since,
        "preview": rule.preview,
        "aliases": list(rule.aliases),
        "languages": sorted(rule.languages) if rule.languages is not None else None,
    }


def _source(source: object) -> shapes.SourceOut:
    own = {name: getattr(source, name) for name in shapes.SourceOut.model_fields}
    return shapes.SourceOut.model_validate(own | {"created_at": time_text(own["created_at"])})
