"""Keeping a report: once, with its findings' states carried on from the report before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from reports import gate, jobs, outbox, routing, standings, subscriptions, tallies
from reports.database import insert_new
from reports.faults import hash_of, hash_of_place, kept_text
from reports.jobs import Claimed
from reports.models import Article, Finding, Job, Report
from reports.similar import keep_sketch
from reports.tallies import GONE
from rules.core.decoding import storable
from rules.core.submission import parse_time

LIVE = ("open", "reopened", "stands", "false-alarm")
_HELD = (
    select(Job, Article)
    .join(Article, Article.id == Job.article_id)
    .where(Job.id == bindparam("job"), Job.state == "running", Job.attempts == bindparam("attempt"))
    .with_for_update(of=(Job, Article))
    .execution_options(populate_existing=True)
)
_NEWEST = select(jobs.NEWEST).select_from(Article).where(Article.id == bindparam("article"))
_MINE = select(Finding).where(Finding.article_id == bindparam("article"))


def keep_report(
    session: Session,
    claimed: Claimed,
    report: Mapping[str, Any],
    ran: Mapping[str, int],
    now: datetime,
    sketch: Sequence[int] = (),
    places: Mapping[str, str] = MappingProxyType({}),
) -> int | None:
    """Stores a report and carries the article's findings on; gives its id, or None when the claim no longer stands.

    ``ran`` are the rules of the run with their versions, ``sketch`` the text's (rules.core.similarity), ``places`` those of
    findings in the template (rules.core.places). A revision that is no longer the newest changes no state.
    """
    held = session.execute(_HELD, {"job": claimed.job_id, "attempt": claimed.attempt}).one_or_none()
    if held is None:
        return None
    job, article = held
    newest = session.scalar(_NEWEST, {"article": article.id})  # asked now: what the statement above saw is from before its lock
    body: dict[str, Any] = _storable(report)
    if job.cause == gate.CAUSE:
        return _keep_for_gate(session, job, claimed, body, now)
    report_id = _insert(session, claimed, body)
    if newest == claimed.revision_id and article.withdrawn_at is None:
        _describe(session, article, claimed, body)
        keep_sketch(session, article.id, sketch, first=article.latest_report_id is None)
        _Change(session, article, report_id, now, job.cause, places).carry_on(body, ran)
        if job.cause != jobs.SWEPT:
            outbox.report_made(session, article, report_id, now)
        jobs.finish(session, job)
    elif article.withdrawn_at is not None:
        jobs.finish(session, job, "withdrawn")
    else:
        jobs.finish(session, job, "superseded", superseded_by=newest)
    return report_id


def _keep_for_gate(session: Session, job: Job, claimed: Claimed, body: dict[str, Any], now: datetime) -> int:
    """A report for the gate carries the verdict, and changes no finding."""
    body["gate"] = gate.judge(session, job.id, body)
    report_id = _insert(session, claimed, body)
    gate.decide(session, job.id, report_id, body["gate"], now)
    jobs.finish(session, job)
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


def _describe(session: Session, article: Article, claimed: Claimed, body: dict[str, Any]) -> None:
    """What the queue says of the article and filters by."""
    given, about = claimed.submission.metadata, body["article"]
    section, byline = given.section or article.section, about["byline"] or article.byline
    article.desk = routing.desk_for(session, routing.Story(claimed.source, section, byline), given.desk)
    article.headline, article.section, article.byline = about["headline"] or article.headline, section, byline
    article.due_at = min((parse_time(row["due_at"]) for row in body["upcoming"]), default=None)


@dataclass
class _Change:
    """What one report does to an article's findings; ``changed`` are those it moved, with the timeline's word for it."""

    session: Session
    article: Article
    report_id: int
    now: datetime
    cause: str
    places: Mapping[str, str]
    changed: list[tuple[Finding, str, str | None]] = field(default_factory=list)
    reworded: bool = False  # whether a known finding says or weighs something else now

    def carry_on(self, body: dict[str, Any], ran: Mapping[str, int]) -> None:
        """Makes new findings, sees the known ones again, and closes those that are not there any more."""
        is_first, self.article.latest_report_id = self.article.latest_report_id is None, self.report_id
        found = {row["fingerprint"]: row for row in body["findings"] if not row["suppressed"]}
        mine = () if is_first else self.session.scalars(_MINE, {"article": self.article.id})
        known = {finding.fingerprint: finding for finding in mine}
        for fingerprint, row in found.items():
            if fingerprint in known:
                self._see_again(known[fingerprint], row)
            else:
                self._meet(row)
        silent = {row["rule"] for row in body["not_run"]}
        there = {row["fingerprint"] for row in body["findings"]}  # the suppressed ones too: they are not fixed
        for fingerprint, finding in known.items():
            if fingerprint not in there and body["complete"] and finding.rule not in silent:
                self._miss(finding, ran)
        self._write_down()

    def _meet(self, row: dict[str, Any]) -> None:
        finding = Finding(
            article_id=self.article.id,
            source_id=self.article.source_id,
            fingerprint=row["fingerprint"],
            rule=row["rule"],
            version=row["version"],
            severity=row["severity"],
            state="open",
            message=row["message"],
            text=kept_text(row),
            text_hash=hash_of(row),
            place=hash_of_place(self.places.get(row["fingerprint"])),
            first_report_id=self.report_id,
            last_report_id=self.report_id,
            appeared_at=self.now,
            changed_at=self.now,
            serial=1,
            cause=self.cause,
        )
        self.session.add(finding)
        self.changed.append((finding, "appeared", None))

    def _see_again(self, finding: Finding, row: dict[str, Any]) -> None:
        if finding.state in GONE:
            self._move(finding, finding.judged or "reopened", "came-back")  # what the desk let stand once, stands
        before = finding.severity, finding.text_hash, finding.place
        finding.version, finding.severity, finding.message = row["version"], row["severity"], row["message"]
        finding.text, finding.text_hash = kept_text(row), hash_of(row)
        finding.place = hash_of_place(self.places.get(row["fingerprint"]))
        finding.last_report_id = self.report_id
        self.reworded |= before != (finding.severity, finding.text_hash, finding.place)

    def _miss(self, finding: Finding, ran: Mapping[str, int]) -> None:
        """A finding that is not there any more: fixed by the newsroom, or retired by a change of its rule."""
        if finding.state not in LIVE:
            return
        version = ran.get(finding.rule)
        if version is None:
            self._move(finding, "retired", "retired")
        elif version >= finding.version:
            self._move(finding, "fixed", "fixed")

    def _move(self, finding: Finding, state: str, kind: str) -> None:
        before, finding.state = finding.state, state
        finding.changed_at, finding.serial = self.now, finding.serial + 1
        self.changed.append((finding, kind, before))

    def _write_down(self) -> None:
        """Applies the stets that hold for what comes, writes the timeline, and counts anew."""
        fresh = [finding for finding, kind, _ in self.changed if kind in ("appeared", "came-back")]
        self.session.flush()
        self.session.add_all(
            tallies.note(finding, kind, before, self.now, report_id=self.report_id) for finding, kind, before in self.changed
        )
        standings.apply(self.session, self.article, fresh, self.now)
        opened = [finding for finding in fresh if finding.state in tallies.OPEN]
        if self.cause != jobs.SWEPT:  # an archive's thousand stories are for the desk; no mail is sent of each
            subscriptions.tell(self.session, self.article, self.report_id, opened, self.now)
        arrived = bool(opened)
        if self.changed or self.reworded:
            tallies.recount(self.session, [self.article.id], self.now, arrived=arrived)


def _storable(said: Any) -> Any:
    """A report, or a part of one, as JSON that every database takes: PostgreSQL refuses NUL and lone surrogates in JSON."""
    if isinstance(said, str):
        return storable(said)
    if isinstance(said, Mapping):
        return {name: _storable(value) for name, value in said.items()}
    return [_storable(value) for value in said] if isinstance(said, list | tuple) else said
