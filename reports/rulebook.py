"""Which rules are run on a source, and how grave their findings may be: the catalogue, house rules, and what the desk set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import tallies
from reports.errors import UnknownError
from reports.house_rules import live_rules
from reports.models import Finding, RuleSetting, Source
from rules.core import catalogue
from rules.core.findings import Severity
from rules.core.rule import Rule

MODES = ("usual", "on", "off", "shadow")
# usual: as the catalogue has it; on a source, as all sources have it. shadow: it is run, and what it finds is kept for the rule's
# page alone (reports.shadow).
CEILINGS = ("warning", "note")
EVERYWHERE = ""
REASON = 500  # characters
_CURRENT = select(RuleSetting).where(  # made once: every article asks
    RuleSetting.id.in_(select(func.max(RuleSetting.id)).group_by(RuleSetting.rule, RuleSetting.source))
)


@dataclass(frozen=True)
class Rulebook:
    """What is run on one source. ``ceilings``: the findings of a rule carry no more than this."""

    rules: tuple[Rule, ...]
    shadows: tuple[Rule, ...]
    ceilings: Mapping[str, Severity]


@dataclass(frozen=True)
class Setting:
    """How a rule is set on one source or everywhere, by whom and why."""

    rule: str
    source: str
    mode: str
    ceiling: str | None
    author: str
    reason: str
    at: datetime


RuleSettings = Mapping[tuple[str, str], Setting]


def rulebook_for(session: Session, source: str, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Rulebook:
    """What is run on ``source``; ``select`` and ``ignore`` are the configuration file's. What that ignores, nobody turns on."""
    selected, ignored = set(select), {catalogue.find(name).name for name in ignore}
    usual = {rule.name for rule in catalogue.choose(selected, ignored)}
    settings = current_settings(session)
    known = [*catalogue.load(), *live_rules(session, source)]
    usual |= {rule.name for rule in known if rule.name.startswith("house-")}
    modes = [  # pairs: rules without options have one hash, so that a dictionary of them would compare each with each
        (rule, mode_of(rule.name, source, settings, usual="on" if rule.name in usual else "off"))
        for rule in known
        if rule.name not in ignored
    ]
    run, shadows = (tuple(rule for rule, mode in modes if mode == wanted) for wanted in ("on", "shadow"))
    ceilings = {rule.name: ceiling_of(rule.name, source, settings) for rule in run} if settings else {}
    return Rulebook(run, shadows, {name: ceiling for name, ceiling in ceilings.items() if ceiling is not None})


def current_settings(session: Session) -> dict[tuple[str, str], Setting]:
    """The newest setting of each rule on each source (``""``: everywhere)."""
    return {(row.rule, row.source): _setting(row) for row in session.scalars(_CURRENT)}


def history(session: Session, rule: str) -> list[Setting]:
    """How a rule was set, newest first."""
    rows = session.scalars(select(RuleSetting).where(RuleSetting.rule == rule).order_by(RuleSetting.id.desc()).limit(100))
    return [_setting(row) for row in rows]


def mode_of(rule: str, source: str, settings: RuleSettings, *, usual: str) -> str:
    """How a rule is run on a source (on, off or shadow): as set there, else as set everywhere, else as usual."""
    for where in (source, EVERYWHERE):
        found = settings.get((rule, where))
        if found is not None and found.mode != "usual":
            return found.mode
    return usual


def ceiling_of(rule: str, source: str, settings: RuleSettings) -> Severity | None:
    """What a rule's findings on a source carry at most: the lower of what is set there and everywhere."""
    found = [settings[key].ceiling for key in ((rule, source), (rule, EVERYWHERE)) if key in settings]
    return min((Severity[word.upper()] for word in found if word), default=None)


def set_rule(
    session: Session, rule: str, source: str, mode: str, ceiling: str | None, *, author: str, reason: str, now: datetime
) -> int:
    """Sets a rule on a source or everywhere, and applies it to the findings that are open; gives how many those were.

    Raises UnknownError for a rule, source, mode or severity that is none, or without a reason.
    """
    if not reason.strip() or len(reason) > REASON:
        raise UnknownError(f"Give a reason, in at most {REASON} characters: others will ask why.")
    if mode not in MODES or (ceiling is not None and ceiling not in CEILINGS):
        raise UnknownError(f"A rule is {', '.join(MODES)}; its findings carry at most {', '.join(CEILINGS)}.")
    if source != EVERYWHERE and session.scalar(select(Source.id).where(Source.name == source)) is None:
        raise UnknownError(f"There is no source {source!r}.")
    row = RuleSetting(rule=rule, source=source, mode=mode, ceiling=ceiling, author=author, reason=reason.strip(), at=now)
    session.add(row)
    session.flush()
    return _apply(session, rule, source, now)


def _apply(session: Session, rule: str, source: str, now: datetime) -> int:
    """Open findings follow at once: of a rule that is not on they are retired, above a ceiling they come down to it."""
    settings = current_settings(session)
    found = select(Finding, Source.name).join(Source, Source.id == Finding.source_id)
    found = found.where(Finding.rule == rule, Finding.state.in_(tallies.OPEN))
    if source != EVERYWHERE:
        found = found.where(Source.name == source)
    changed: list[Finding] = []
    for finding, of_source in session.execute(found).all():
        if _follow(session, finding, of_source, settings, now):
            changed.append(finding)
    tallies.recount(session, {finding.article_id for finding in changed}, now)
    return len(changed)


def _follow(session: Session, finding: Finding, source: str, settings: RuleSettings, now: datetime) -> bool:
    if mode_of(finding.rule, source, settings, usual="on") != "on":
        before, finding.state = finding.state, "retired"
        finding.changed_at, finding.serial = now, finding.serial + 1
        session.add(tallies.note(finding, "retired", before, now))
        return True
    ceiling = ceiling_of(finding.rule, source, settings)
    if ceiling is None or Severity[finding.severity.upper()] <= ceiling:
        return False
    finding.severity = ceiling.word
    return True


def _setting(row: RuleSetting) -> Setting:
    return Setting(row.rule, row.source, row.mode, row.ceiling, row.author, row.reason, row.at)
