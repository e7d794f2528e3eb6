"""Keeping a report: once, with its findings' states carried on from the report before."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import jobs
from reports.database import insert_new
from reports.jobs import Claimed
from reports.models import Article, Finding, Report
from rules.core.submission import parse_time

GONE = ("fixed", "retired", "withdrawn")
LIVE = ("open", "reopened", "stands", "false-alarm")


def keep_report(
    session: Session, claimed: Claimed, report: Mapping[str, Any], ran: Mapping[str, int], now: datetime
) -> int | None:
    """Stores a report and carries the article's findings on; gives its id, or None when the claim no longer stands.

    ``ran`` are the rules of the run with their versions. A revision that is no longer the newest changes no state.
    """
    job = jobs.holds(session, claimed)
    if job is None:
        return None
    body = _storable(report)
    report_id = _insert(session, claimed, body)
    article = session.get_one(Article, claimed.article_id, with_for_update=True)
    newest = jobs.newest_revision(session, claimed.article_id)
    if newest is not None and newest.id == claimed.revision_id and article.withdrawn_at is None:
        _carry_on(session, article, report_id, body, ran, now, job.cause)
        jobs.finish(session, job)
    else:
        jobs.finish(session, job, "withdrawn" if article.withdrawn_at else "superseded")
    return report_id


def _insert(session: Session, claimed: Claimed, body: dict[str, Any]) -> int:
    values = {
        "revision_id": claimed.revision_id,
        "article_id": claimed.article_id,
        "ruleset": body["ruleset"],
        "as_of": parse_time(body["checked_at"]),
        "body": body,
    }
    unique = ("revision_id", "ruleset", "as_of")
    made = insert_new(session, Report, values, unique)
    if made is not None:
        return made
    same = (getattr(Report, name) == values[name] for name in unique)
    return session.scalars(select(Report.id).where(*same)).one()


def _carry_on(
    session: Session,
    article: Article,
    report_id: int,
    body: dict[str, Any],
    ran: Mapping[str, int],
    now: datetime,
    cause: str,
) -> None:
    article.latest_report_id = report_id
    article.headline = body["article"]["headline"] or article.headline
    article.due_at = min((parse_time(row["due_at"]) for row in body["upcoming"]), default=None)
    found = {row["fingerprint"]: row for row in body["findings"] if not row["suppressed"]}
    known = {row.fingerprint: row for row in session.scalars(select(Finding).where(Finding.article_id == article.id))}
    for fingerprint, row in found.items():
        if fingerprint in known:
            _see_again(known[fingerprint], row, report_id, now)
        else:
            session.add(_new(article, row, report_id, now, cause))
    silent = {row["rule"] for row in body["not_run"]}
    there = {row["fingerprint"] for row in body["findings"]}  # the suppressed ones too: they are not fixed
    for fingerprint, finding in known.items():
        if fingerprint not in there and body["complete"] and finding.rule not in silent:
            _miss(finding, ran, now)


def _new(article: Article, row: dict[str, Any], report_id: int, now: datetime, cause: str) -> Finding:
    return Finding(
        article_id=article.id,
        fingerprint=row["fingerprint"],
        rule=row["rule"],
        version=row["version"],
        severity=row["severity"],
        state="open",
        message=row["message"],
        first_report_id=report_id,
        last_report_id=report_id,
        changed_at=now,
        cause=cause,
    )


def _see_again(finding: Finding, row: dict[str, Any], report_id: int, now: datetime) -> None:
    if finding.state in GONE:
        finding.state, finding.changed_at = "reopened", now
    finding.version, finding.severity, finding.message = row["version"], row["severity"], row["message"]
    finding.last_report_id = report_id


def _miss(finding: Finding, ran: Mapping[str, int], now: datetime) -> None:
    """A finding that is not there any more: fixed by the newsroom, or retired by a change of its rule."""
    if finding.state not in LIVE:
        return
    version = ran.get(finding.rule)
    if version is None:
        finding.state, finding.changed_at = "retired", now
    elif version >= finding.version:
        finding.state, finding.changed_at = "fixed", now


def _storable(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as JSON that every database takes: PostgreSQL refuses NUL and lone surrogates in JSON."""
    text = json.dumps(report, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    cleaned: dict[str, Any] = json.loads(text.replace("\\u0000", "\ufffd"))
    return cleaned
