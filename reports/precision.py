"""How often a rule is right, from the desk's own verdicts, and what follows when it is wrong too often."""

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from reports import rulebook
from reports.accounts import record
from reports.errors import UnknownError
from reports.models import DemotionLimit, Finding, Verdict
from rules.core import catalogue
from rules.core.errors import BadRuleError

Z = 1.96  # standard deviations of a 95 % interval
BY_ITSELF = "Copydesk"  # the author of what nobody did

# Right are the findings that the newsroom fixed, and those let stand although the rule was right. One that is correct as it is
# was no fault, yet nobody called it a false alarm: it counts for neither.
RIGHT = or_(
    and_(Finding.state == "fixed", Finding.judged.is_distinct_from("false-alarm")),
    and_(Finding.judged == "stands", Finding.reason.in_(("house-style", "quoting", "wont-fix"))),
)
WRONG = Finding.judged == "false-alarm"
_COUNTS = func.count().filter(RIGHT), func.count().filter(WRONG)


@dataclass(frozen=True)
class Precision:
    """Right findings and false alarms, as the desk judged; ``low`` and ``high`` bound the share of right ones (95 %)."""

    right: int
    wrong: int

    @property
    def n(self) -> int:
        """How many were judged."""
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """The share of right ones; None where nothing was judged."""
        return self.right / self.n if self.n else None

    @property
    def low(self) -> float:
        """The lower end of Wilson's interval."""
        return wilson(self.right, self.n)[0]

    @property
    def high(self) -> float:
        """The upper end of Wilson's interval."""
        return wilson(self.right, self.n)[1]


@dataclass(frozen=True)
class Limit:
    """A rule is demoted when more than ``share`` of at least ``least`` verdicts say false alarm."""

    share: float = 0.3
    least: int = 20  # with 20 verdicts and 30 % false, the interval still reaches from 52 to 85 % right
    author: str | None = None
    at: datetime | None = None


def wilson(right: int, n: int) -> tuple[float, float]:
    """Wilson's score interval of a share, at 95 % (E. B. Wilson 1927); all of it where nothing is known."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = right / n, Z * Z
    middle, spread = share + z2 / (2 * n), Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z2 / n)), min(1.0, (middle + spread) / (1 + z2 / n))


def precisions(session: Session) -> dict[str, Precision]:
    """Every rule that was judged, by name."""
    rows = session.execute(select(Finding.rule, *_COUNTS).where(or_(RIGHT, WRONG)).group_by(Finding.rule))
    return {rule: Precision(right, wrong) for rule, right, wrong in rows}


def limit(session: Session) -> Limit:
    """The limit that holds."""
    row = session.scalars(select(DemotionLimit).order_by(DemotionLimit.id.desc())).first()
    return Limit(row.share, row.least, row.author, row.at) if row else Limit()


def set_limit(session: Session, share: float, least: int, *, author: str, now: datetime) -> None:
    """Another limit. Raises UnknownError for one that makes no sense."""
    if not 0.01 <= share <= 1 or not 5 <= least <= 10_000:
        raise UnknownError("The share is from 1 to 100 %, of 5 to 10,000 verdicts.")
    session.add(DemotionLimit(share=share, least=least, author=author, at=now))


def demote(session: Session, now: datetime) -> list[str]:
    """Brings every rule that was wrong too often down to note, and says so; gives their names.

    Only verdicts since the rule was last set, and on its present version, count: who sets it back gives it a new chance.
    """
    holds, settings = limit(session), rulebook.current_settings(session)
    demoted = []
    for rule, seen in precisions(session).items():
        last = settings.get((rule, rulebook.EVERYWHERE))
        if seen.n < holds.least or seen.wrong <= holds.share * seen.n or (last and last.ceiling == "note"):
            continue
        fresh = _since(session, rule, last.at if last else None)
        if fresh.n >= holds.least and fresh.wrong > holds.share * fresh.n:
            reason = f"{fresh.wrong} of {fresh.n} verdicts say false alarm, more than {holds.share:.0%}."
            mode = last.mode if last else "usual"
            rulebook.set_rule(session, rule, rulebook.EVERYWHERE, mode, "note", author=BY_ITSELF, reason=reason, now=now)
            record(session, BY_ITSELF, "rule-demoted", {"rule": rule, "wrong": fresh.wrong, "of": fresh.n}, now)
            demoted.append(rule)
    return demoted


def _since(session: Session, rule: str, since: datetime | None) -> Precision:
    counted = select(*_COUNTS).where(Finding.rule == rule, or_(RIGHT, WRONG), Finding.version >= _version(rule))
    if since is not None:
        counted = counted.where(_judged_after(since))
    return Precision(*session.execute(counted).one())


def _judged_after(since: datetime) -> ColumnElement[bool]:
    """Whether a finding was judged, or fixed without a word, after a moment; an edit of its story later is no verdict."""
    verdict = select(Verdict.id).where(
        Verdict.finding_id == Finding.id,
        Verdict.applied.is_(True),
        Verdict.undone_at.is_(None),
        Verdict.action.in_(("stet", "false-alarm")),
    )
    is_judged = and_(Finding.judged.is_not(None), verdict.exists())  # and not taken back or outlived since
    return or_(and_(is_judged, verdict.where(Verdict.at > since).exists()), and_(~is_judged, Finding.changed_at > since))


def _version(rule: str) -> int:
    try:
        return catalogue.find(rule).version
    except BadRuleError:
        return 0
