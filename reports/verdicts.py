"""The desk's word on findings: let stand, false alarm, assigned, noted; said at once for many, and taken back at once.

A verdict names the serial of the finding that its author saw. Where the finding has changed since, what came first stands, and
this one is kept beside it, not applied, and told.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from reports import tallies
from reports.errors import BadVerdictError, UnknownError
from reports.models import Article, Batch, Event, Finding, Standing, User, Verdict
from reports.tallies import GONE, OPEN

ACTIONS = ("stet", "false-alarm", "assign", "note", "reopen")
REASONS = ("correct-as-is", "house-style", "quoting", "wont-fix")
SCOPES = ("finding", "article", "phrase", "until")
LASTING = ("article", "phrase")  # scopes that also hold for what comes
AT_MOST = 20_000  # findings a call: what PostgreSQL and SQLite take in one statement, and more than anybody reads
NOTE = 2_000  # characters
WOKEN_AT_ONCE = 500  # articles a round of the scheduler


@dataclass(frozen=True)
class Seen:
    """A finding as somebody saw it."""

    finding_id: int
    serial: int


@dataclass(frozen=True)
class Decision:
    """What to do with findings. ``reason``, ``scope`` and ``until`` are a stet's; ``assignee`` and ``desk`` an assignment's."""

    action: str
    reason: str | None = None
    scope: str = "finding"
    until: datetime | None = None
    assignee: str | None = None
    desk: str | None = None
    note: str | None = None

    def check(self, now: datetime) -> None:
        """Raises BadVerdictError, in words for its author."""
        if self.action not in ACTIONS:
            raise BadVerdictError(f"{self.action!r} is no verdict; they are {', '.join(ACTIONS)}.")
        if self.action == "stet" and self.reason not in REASONS:
            raise BadVerdictError(f"To let a finding stand takes a reason: {', '.join(REASONS)}.")
        if self.scope not in SCOPES:
            raise BadVerdictError(f"{self.scope!r} is no scope; they are {', '.join(SCOPES)}.")
        if self.action == "stet" and self.scope == "until" and (self.until is None or self.until <= now):
            raise BadVerdictError("Until when? Give a date that is still to come.")
        if self.note and len(self.note) > NOTE:
            raise BadVerdictError(f"A note has at most {NOTE} characters.")


@dataclass(frozen=True)
class Conflict:
    """A finding that had changed since it was seen: to what, by whom (None: by a report), when; ``serial`` is its newest."""

    finding_id: int
    article_id: int
    rule: str
    message: str
    state: str
    by: str | None
    at: datetime
    serial: int


@dataclass(frozen=True)
class Outcome:
    """What came of a verdict. ``batch_id`` undoes it; None when it changed nothing and nothing is kept of it."""

    batch_id: int | None
    applied: tuple[int, ...]
    articles: int
    conflicts: tuple[Conflict, ...] = ()
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True)
class Undone:
    """What came of taking a batch back; ``left`` are findings that somebody has judged anew since."""

    batch_id: int
    restored: tuple[int, ...]
    left: tuple[Conflict, ...]


def judge(session: Session, seen: Sequence[Seen], decision: Decision, by: str, now: datetime) -> Outcome:
    """Applies a decision to the findings that are as ``by`` saw them. Raises BadVerdictError.

    A stet for the article or the phrase takes in every open finding that it speaks of, and those to come.
    """
    decision.check(now)
    if decision.assignee and session.scalar(select(User.id).where(User.name == decision.assignee)) is None:
        raise BadVerdictError(f"There is nobody called {decision.assignee!r} to assign it to.")
    if len(seen) > AT_MOST:
        raise BadVerdictError(f"At most {AT_MOST} findings at once; narrow the filter.")
    serials = {item.finding_id: item.serial for item in seen}
    wider = _wider(session, serials, decision)
    findings = _lock(session, {*serials, *wider})
    fits = [finding for finding in findings if _fits(finding, decision, serials)]
    fitting = {finding.id for finding in fits}
    late = [finding for finding in findings if finding.id in serials and finding.id not in fitting]
    unknown = tuple(sorted(set(serials) - {finding.id for finding in findings}))
    if not fits and not late:
        return Outcome(None, (), 0, (), unknown)
    articles = {finding.article_id for finding in fits}
    batch = Batch(at=now, actor=by, action=decision.action, count=len(fits), articles=len(articles))
    session.add(batch)
    session.flush()
    conflicts = tuple(_conflicts(session, late))
    _Word(session, batch, decision, by, now).say(fits, late)
    return Outcome(batch.id, tuple(finding.id for finding in fits), len(articles), conflicts, unknown)


def belong(session: Session, seen: Sequence[Seen], article_id: int) -> bool:
    """Whether there are findings, and all of them are of this article."""
    ids = {item.finding_id for item in seen}
    wanted = select(func.count()).select_from(Finding).where(Finding.id.in_(ids), Finding.article_id == article_id)
    return bool(ids) and session.scalar(wanted) == len(ids)


def undo(session: Session, batch_id: int, by: str, now: datetime) -> Undone:
    """Takes a batch back: every finding that nobody judged since is what it was before. Raises UnknownError.

    A finding that a report closed meanwhile stays closed, but loses the verdict. Doing it twice changes nothing.
    """
    batch = session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        raise UnknownError(f"There is nothing numbered {batch_id} to undo.")
    said = session.scalars(
        select(Verdict).where(Verdict.batch_id == batch_id, Verdict.applied.is_(True), Verdict.undone_at.is_(None))
    ).all()
    held = session.scalars(select(Standing).where(Standing.batch_id == batch_id, Standing.ended_at.is_(None))).all()
    numbers = [verdict.finding_id for verdict in said]
    _lock(session, [*numbers, *_stood_by(session, held)])  # all at once: in two steps two undos would wait for each other
    findings = {finding.id: finding for finding in _lock(session, numbers)}
    taken = [verdict for verdict in said if _take_back(session, findings[verdict.finding_id], verdict, now)]
    for verdict in taken:
        verdict.undone_at = now
    restored = {verdict.finding_id for verdict in taken}
    changed = [*(findings[number] for number in restored), *_end(session, held, now)]
    batch.undone_at, batch.undone_by = batch.undone_at or now, batch.undone_by or by
    session.add_all(
        tallies.note(finding, "undo", before, now, batch_id=batch_id, actor=by) for finding, before in _with(changed, said)
    )
    tallies.recount(session, {finding.article_id for finding in changed}, now)
    left = tuple(_conflicts(session, [finding for number, finding in findings.items() if number not in restored]))
    return Undone(batch_id, tuple(finding.id for finding in changed), left)


def wake(session: Session, now: datetime) -> int:
    """Brings back the findings that were let stand until now; gives how many. The scheduler calls it every round."""
    slept = and_(Finding.snoozed_until <= now, Finding.state == "stands")
    ids = session.scalars(select(Finding.id).where(slept).order_by(Finding.snoozed_until).limit(WOKEN_AT_ONCE)).all()
    woken = [finding for finding in _lock(session, ids) if finding.state == "stands" and finding.snoozed_until]
    for finding in woken:
        _set(finding, now, state="reopened", judged=None, reason=None, judged_by=None, snoozed_until=None)
    session.add_all(tallies.note(finding, "woke", "stands", now) for finding in woken)
    tallies.recount(session, {finding.article_id for finding in woken}, now, arrived=True)
    return len(woken)


KEPT = ("state", "judged", "reason", "judged_by", "snoozed_until", "standing_id", "assignee", "desk", "note")


@dataclass(frozen=True)
class _Word:
    """One decision being written down."""

    session: Session
    batch: Batch
    decision: Decision
    by: str
    now: datetime

    def say(self, fits: Sequence[Finding], late: Sequence[Finding]) -> None:
        standing = self._standings(fits)
        for finding in fits:
            before = _snapshot(finding)
            _set(finding, self.now, **self._new(standing.get(_key(finding, self.decision.scope))))
            self._write(finding, before, applied=True)
        for finding in late:
            self._write(finding, _snapshot(finding), applied=False)
        tallies.recount(self.session, {finding.article_id for finding in fits}, self.now)

    def _standings(self, findings: Iterable[Finding]) -> dict[tuple[Any, ...], int]:
        """The stets that hold for what comes, one for each article and rule, or source, rule and phrase; their ids."""
        if self.decision.action != "stet" or self.decision.scope not in LASTING:
            return {}
        made = {_key(finding, self.decision.scope): self._standing(finding) for finding in findings}
        self.session.add_all(made.values())
        self.session.flush()
        return {key: standing.id for key, standing in made.items()}

    def _standing(self, finding: Finding) -> Standing:
        article = self.decision.scope == "article"
        return Standing(
            source_id=finding.source_id,
            article_id=finding.article_id if article else None,
            rule=finding.rule,
            text_hash=None if article else finding.text_hash,
            text=finding.text,
            reason=self.decision.reason,
            actor=self.by,
            batch_id=self.batch.id,
            at=self.now,
        )

    def _new(self, standing_id: int | None = None) -> dict[str, Any]:
        """The fields that the decision sets."""
        decision, noted = self.decision, {"note": self.decision.note} if self.decision.note else {}
        if decision.action == "assign":
            return {"assignee": decision.assignee, "desk": decision.desk} | noted
        if decision.action == "note":
            return {"note": decision.note or None}
        state = {"stet": "stands", "false-alarm": "false-alarm"}.get(decision.action)
        return noted | {
            "state": state or "open",
            "judged": state,
            "judged_by": self.by if state else None,
            "reason": decision.reason if state == "stands" else None,
            "snoozed_until": decision.until if state == "stands" and decision.scope == "until" else None,
            "standing_id": standing_id,
        }

    def _write(self, finding: Finding, before: dict[str, Any], *, applied: bool) -> None:
        stet = self.decision.action == "stet"
        self.session.add(
            Verdict(
                batch_id=self.batch.id,
                finding_id=finding.id,
                at=self.now,
                actor=self.by,
                action=self.decision.action,
                from_state=before["state"],
                to_state=finding.state if applied else self._new().get("state", finding.state),
                reason=self.decision.reason,
                scope=self.decision.scope if stet else None,
                until=self.decision.until if stet else None,
                note=self.decision.note,
                before=before,
                applied=applied,
                serial=finding.serial,
            )
        )
        kind = self.decision.action if applied else "second-word"
        self.session.add(
            tallies.note(finding, kind, before["state"], self.now, batch_id=self.batch.id, actor=self.by),
        )


def _wider(session: Session, serials: Collection[int], decision: Decision) -> Sequence[int]:
    """The other open findings that a lasting stet speaks of."""
    if decision.action != "stet" or decision.scope not in LASTING or not serials:
        return ()
    columns = (
        (Finding.article_id, Finding.rule)
        if decision.scope == "article"
        else (Finding.source_id, Finding.rule, Finding.text_hash)
    )
    keys = session.execute(select(*columns).where(Finding.id.in_(serials)).distinct()).all()
    if len(keys) > 100:
        raise BadVerdictError(
            "So many different phrases at once cannot be told apart afterwards: let at most 100 stand for good."
        )
    alike = or_(*(and_(*(column == value for column, value in zip(columns, key, strict=True))) for key in keys))
    return session.scalars(select(Finding.id).where(alike, Finding.state.in_(OPEN)).limit(AT_MOST)).all()


def _fits(finding: Finding, decision: Decision, serials: dict[int, int]) -> bool:
    """Whether the decision may be applied: seen as it is and still there, or taken in by a wider stet and still open."""
    if finding.id not in serials:
        return finding.state in OPEN
    there = finding.state not in GONE or decision.action in ("assign", "note")
    return there and finding.serial == serials[finding.id]


def _lock(session: Session, ids: Collection[int]) -> list[Finding]:
    """The findings, their articles locked first and in order, as a report that is being kept locks them."""
    if not ids:
        return []
    articles = set(session.scalars(select(Finding.article_id).where(Finding.id.in_(ids)).distinct()))
    session.execute(select(Article.id).where(Article.id.in_(articles)).order_by(Article.id).with_for_update()).all()
    wanted = select(Finding).where(Finding.id.in_(ids)).order_by(Finding.id).with_for_update()
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _conflicts(session: Session, findings: Sequence[Finding]) -> Iterator[Conflict]:
    """What stands of each of these, and who said so last."""
    numbers = [finding.id for finding in findings]
    last = select(func.max(Event.id)).where(Event.finding_id.in_(numbers)).group_by(Event.finding_id)
    actors = dict(session.execute(select(Event.finding_id, Event.actor).where(Event.id.in_(last))).all()) if numbers else {}
    for finding in findings:
        yield Conflict(
            finding.id,
            finding.article_id,
            finding.rule,
            finding.message,
            finding.state,
            actors.get(finding.id),
            finding.changed_at,
            finding.serial,
        )


def _key(finding: Finding, scope: str) -> tuple[Any, ...]:
    if scope == "article":
        return (finding.article_id, finding.rule)
    return (finding.source_id, finding.rule, finding.text_hash)


def _set(finding: Finding, now: datetime, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(finding, name, value)
    finding.changed_at, finding.serial = now, finding.serial + 1


def _snapshot(finding: Finding) -> dict[str, Any]:
    """What an undo goes back to, as JSON."""
    kept = {name: getattr(finding, name) for name in KEPT}
    return kept | {"snoozed_until": finding.snoozed_until.isoformat() if finding.snoozed_until else None}


def _take_back(session: Session, finding: Finding, verdict: Verdict, now: datetime) -> bool:
    """Whether the finding is now without the verdict."""
    before = verdict.before
    until = datetime.fromisoformat(before["snoozed_until"]) if before["snoozed_until"] else None
    fields = before | {"snoozed_until": until}
    if finding.serial == verdict.serial:
        _set(finding, now, **fields)
        return True
    if finding.state in GONE and _last(session, finding) == verdict.id:
        _set(finding, now, **(fields | {"state": finding.state}))
        return True
    return False


def _last(session: Session, finding: Finding) -> int | None:
    said = select(func.max(Verdict.id)).where(Verdict.finding_id == finding.id, Verdict.applied.is_(True))
    return session.scalar(said.where(Verdict.undone_at.is_(None)))


def _end(session: Session, held: Sequence[Standing], now: datetime) -> list[Finding]:
    """Ends stets that held for what came, and reopens what they let stand by themselves; gives those findings."""
    if not held:
        return []
    for standing in held:
        standing.ended_at = now
    session.flush()
    found = _lock(session, _stood_by(session, held))
    for finding in found:
        state = "open" if finding.state == "stands" else finding.state
        _set(finding, now, state=state, judged=None, reason=None, judged_by=None, standing_id=None)
    return found


def _stood_by(session: Session, held: Sequence[Standing]) -> Sequence[int]:
    """The findings that the stets let stand by themselves."""
    return session.scalars(select(Finding.id).where(Finding.standing_id.in_([standing.id for standing in held]))).all()


def _with(findings: Iterable[Finding], said: Iterable[Verdict]) -> Iterable[tuple[Finding, str]]:
    """Each finding with the state that it was in until it was taken back."""
    states = {verdict.finding_id: verdict.to_state for verdict in said}
    return ((finding, states.get(finding.id, "stands")) for finding in findings)
