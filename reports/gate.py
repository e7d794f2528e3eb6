"""The gate: whether a story may be published, by its source's policy, before it is.

A question to the gate is linted like any other submission but changes nothing: no finding, no report of the article. What the
desk has let stand in the published article does not fail it again.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import outbox
from reports.errors import UnknownError
from reports.faults import hash_of
from reports.intake import Incoming, accept, identity_of
from reports.models import Article, Finding, GateCheck, GatePolicy, Job, Source, Standing
from reports.sources import get_source
from rules.core import catalogue
from rules.core.findings import FAIL_ON, failing
from rules.core.submission import Metadata, Submission

CAUSE = "gate"  # of a job
WHEN_LATE = ("open", "closed")
LET_STAND = ("stands", "false-alarm")


@dataclass(frozen=True)
class Policy:
    """What fails a story: the least severity, rules that fail at any, rules that never do; and what holds when it is late."""

    fail_on: str = "error"
    rules: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    when_late: str = "open"

    def fails(self, row: Mapping[str, Any]) -> bool:
        """Whether a report's finding is one that fails the story."""
        if row["suppressed"] or row["rule"] in self.ignore:
            return False
        return row["severity"] in failing(self.fail_on) or row["rule"] in self.rules

    def to_mapping(self) -> dict[str, Any]:
        """As JSON."""
        return {"fail_on": self.fail_on, "rules": list(self.rules), "ignore": list(self.ignore), "when_late": self.when_late}


@dataclass(frozen=True)
class Question:
    """A question that was stored: its number, and the job to ring for."""

    check_id: int
    job_id: int


@dataclass(frozen=True)
class Answer:
    """How a question stands. ``verdict``: pass, fail, unread (it could not be read), or None while it is being read."""

    check_id: int
    verdict: str | None
    reasons: Sequence[Mapping[str, Any]]
    report_id: int | None
    when_late: str
    pending: bool


def policy_of(session: Session, source_id: int) -> Policy:
    """The source's policy; one that fails on errors and opens when it is late where nobody set one."""
    row = session.scalars(select(GatePolicy).where(GatePolicy.source_id == source_id)).first()
    return Policy(row.fail_on, tuple(row.rules), tuple(row.ignore), row.when_late) if row else Policy()


def set_policy(session: Session, source_name: str, policy: Policy) -> None:
    """Gives a source its policy. Raises UnknownError: no such source, severity or choice; BadRuleError: no such rule."""
    source = get_source(session, source_name)
    if policy.fail_on not in FAIL_ON or policy.when_late not in WHEN_LATE:
        raise UnknownError(f"The gate fails on one of {', '.join(FAIL_ON)} and is {' or '.join(WHEN_LATE)} when it is late.")
    named = {key: sorted({catalogue.find(name).name for name in getattr(policy, key)}) for key in ("rules", "ignore")}
    row = session.scalars(select(GatePolicy).where(GatePolicy.source_id == source.id)).first()
    if row is None:
        row = GatePolicy(source_id=source.id)
        session.add(row)
    row.fail_on, row.when_late, row.rules, row.ignore = policy.fail_on, policy.when_late, named["rules"], named["ignore"]


def ask(session: Session, source: Source, submission: Submission, metadata: Metadata, sha256: str, now: datetime) -> Question:
    """Stores a question: a delivery and a job of its own, beside the article that it may become."""
    number = f"gate-{secrets.token_hex(12)}"
    apart = changed(metadata, external_id=number)  # an article of its own, which no list shows
    accepted = accept(session, source, Incoming(number, sha256, submission, apart, submission.url), now)
    job = session.get_one(Job, accepted.job_id)
    job.cause = CAUSE
    identity = identity_of(metadata, submission.url, submission)
    published = select(Article.id).where(Article.source_id == source.id, Article.identity == identity)
    check = GateCheck(
        delivery_id=accepted.key,
        source_id=source.id,
        article_id=session.scalar(published),
        job_id=job.id,
        policy=policy_of(session, source.id).to_mapping(),
        asked_at=now,
    )
    session.add(check)
    session.flush()
    return Question(check.id, job.id)


def published_article(session: Session, job_id: int) -> int | None:
    """The published article that a job's question is about: its own earlier state is no copy of it."""
    return session.scalar(select(GateCheck.article_id).where(GateCheck.job_id == job_id))


def judge(session: Session, job_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """The report's ``gate``: the verdict with its reasons, and how many findings the desk had let stand."""
    check = _check(session, job_id)
    if body["error"] is not None:
        return {"verdict": "unread", "policy": check.policy, "reasons": [], "let_stand": 0}
    policy = _policy(check)
    failing = [row for row in body["findings"] if policy.fails(row)]
    counted = [row for row in failing if not _let_stand(session, check, row)]
    return {
        "verdict": "fail" if counted else "pass",
        "policy": check.policy,
        "reasons": [_reason(row) for row in counted],
        "let_stand": len(failing) - len(counted),
    }


def decide(session: Session, job_id: int, report_id: int, said: Mapping[str, Any], now: datetime) -> None:
    """Keeps the verdict, and tells it to those who were told to wait."""
    check = _check(session, job_id)
    check.verdict, check.reasons, check.report_id = said["verdict"], {"reasons": said["reasons"]}, report_id
    _tell(session, check, now)


def give_up_waiting(session: Session, check_id: int) -> Answer:
    """The answer, as it is at the end of the asker's patience: from here on a verdict is told by callback."""
    check = session.get_one(GateCheck, check_id, with_for_update=True)
    _look_for_failure(session, check)
    check.pending = check.verdict is None
    return _answer(check)


def look(session: Session, check_id: int) -> Answer | None:
    """How a question stands, ended if its job was set aside; None when there is none of that number."""
    check = session.get(GateCheck, check_id)
    if check is None:
        return None
    _look_for_failure(session, check)
    return _answer(check)


def tell_failed(session: Session, now: datetime) -> int:
    """Ends the questions that wait for a job which was set aside, and tells so; gives how many."""
    waiting = session.scalars(
        select(GateCheck)
        .join(Job, Job.id == GateCheck.job_id)
        .where(GateCheck.pending.is_(True), GateCheck.verdict.is_(None), Job.state == "poisoned")
        .limit(100)
        .with_for_update(skip_locked=True, of=GateCheck)
    ).all()
    for check in waiting:
        _look_for_failure(session, check)
        _tell(session, check, now)
    return len(waiting)


def _look_for_failure(session: Session, check: GateCheck) -> None:
    if check.verdict is None and session.scalar(select(Job.state).where(Job.id == check.job_id)) == "poisoned":
        check.verdict, check.reasons = "unread", {"reasons": []}


def _tell(session: Session, check: GateCheck, now: datetime) -> None:
    if check.pending:
        answer = _answer(check)
        allow = answer.verdict == "pass" or (answer.verdict == "unread" and answer.when_late == "open")
        told = {
            "check": check.id,
            "verdict": answer.verdict,
            "allow": allow,
            "reasons": answer.reasons,
            "report": check.report_id,
        }
        outbox.gate_decided(session, check.source_id, told, now)


def _check(session: Session, job_id: int) -> GateCheck:
    return session.scalars(select(GateCheck).where(GateCheck.job_id == job_id).with_for_update()).one()


def _policy(check: GateCheck) -> Policy:
    kept = check.policy
    return Policy(kept["fail_on"], tuple(kept["rules"]), tuple(kept["ignore"]), kept["when_late"])


def _let_stand(session: Session, check: GateCheck, row: Mapping[str, Any]) -> bool:
    """Whether the desk let this finding stand: this one in the published article, or its like for all that comes."""
    if check.article_id is not None:
        mine = select(Finding.state).where(Finding.article_id == check.article_id, Finding.fingerprint == row["fingerprint"])
        if session.scalar(mine) in LET_STAND:
            return True
    in_force = select(Standing).where(
        Standing.source_id == check.source_id, Standing.rule == row["rule"], Standing.ended_at.is_(None)
    )
    return any(
        standing.article_id in (None, check.article_id) and standing.text_hash in (None, hash_of(row))
        for standing in session.scalars(in_force)
    )


def _reason(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("rule", "severity", "message", "text", "fingerprint")} | {
        "line": row["span"]["line"] if row["span"] else None
    }


def _answer(check: GateCheck) -> Answer:
    reasons = (check.reasons or {"reasons": []})["reasons"]
    return Answer(check.id, check.verdict, reasons, check.report_id, check.policy["when_late"], check.pending)
