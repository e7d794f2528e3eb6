"""House rules in the store: every version is kept with its author and reason; at most one is run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.errors import BadHouseRuleError, UnknownError
from reports.models import HouseRule, HouseVersion, Trial
from rules.core import house
from rules.core.house import Definition
from rules.core.rule import Rule

REASON = 500  # characters
_LIVE = (  # made once: every article asks
    select(HouseVersion.number, HouseVersion.definition)
    .join(HouseRule, HouseRule.id == HouseVersion.rule_id)
    .where(HouseRule.live == HouseVersion.number)
    .order_by(HouseRule.slug)
)


@dataclass(frozen=True)
class Version:
    """One version of a house rule."""

    number: int
    definition: Definition
    author: str
    reason: str
    created_at: datetime
    published_at: datetime | None
    published_by: str | None
    is_live: bool


def live_rules(session: Session, source: str | None = None) -> tuple[Rule, ...]:
    """The house rules that are run, by name; on one source, or all of them."""
    found = [(number, Definition.from_mapping(given)) for number, given in session.execute(_LIVE)]
    meant = [row for row in found if source is None or not row[1].sources or source in row[1].sources]
    return tuple(_made(definition, number) for number, definition in meant)


def slugs(session: Session) -> list[str]:
    """The names of every house rule, run or not."""
    return list(session.scalars(select(HouseRule.slug).order_by(HouseRule.slug)))


def versions(session: Session, slug: str) -> list[Version]:
    """Every version of a house rule, newest first. Raises UnknownError."""
    rule = _get(session, slug)
    rows = session.scalars(select(HouseVersion).where(HouseVersion.rule_id == rule.id).order_by(HouseVersion.number.desc()))
    return list(_versions(rows.all(), rule.live))


def rule_of(session: Session, slug: str, number: int) -> Rule:
    """One version as a rule that can be run. Raises UnknownError."""
    return _made(Definition.from_mapping(_get_version(session, slug, number).definition), number)


def save(session: Session, definition: Definition, *, author: str, reason: str, now: datetime) -> int:
    """Keeps a new version, to be tried and published; gives its number. Raises BadHouseRuleError where it has problems."""
    if found := house.problems(definition):
        raise BadHouseRuleError(next(iter(found.values())))
    if not reason.strip() or len(reason) > REASON:
        raise BadHouseRuleError(f"Give a reason for this version, in at most {REASON} characters.")
    rule = session.scalars(select(HouseRule).where(HouseRule.slug == definition.slug).with_for_update()).first()
    if rule is None:
        rule = HouseRule(slug=definition.slug, live=None, created_at=now)
        session.add(rule)
        session.flush()
    newest = session.scalar(select(func.max(HouseVersion.number)).where(HouseVersion.rule_id == rule.id)) or 0
    session.add(
        HouseVersion(
            rule_id=rule.id,
            number=newest + 1,
            definition=definition.to_mapping(),
            author=author,
            reason=reason.strip(),
            created_at=now,
        )
    )
    session.flush()
    return newest + 1


def publish(session: Session, slug: str, number: int, *, by: str, now: datetime) -> None:
    """Lets a version be run from now on, once it was tried against the stored stories. Raises UnknownError, BadHouseRuleError."""
    rule, version = _get(session, slug), _get_version(session, slug, number)
    tried = select(Trial.id).where(Trial.rule == slug, Trial.version == number, Trial.state == "done")
    if session.scalars(tried.limit(1)).first() is None:
        raise BadHouseRuleError("Try this version against the stored stories first, and look at what it would flag.")
    rule.live = number
    version.published_at, version.published_by = now, by


def stop(session: Session, slug: str) -> None:
    """Runs no version of it any more. Raises UnknownError."""
    _get(session, slug).live = None


def _get(session: Session, slug: str) -> HouseRule:
    found = session.scalars(select(HouseRule).where(HouseRule.slug == slug)).first()
    if found is None:
        raise UnknownError(f"There is no house rule {slug[:64]!r}.")
    return found


def _get_version(session: Session, slug: str, number: int) -> HouseVersion:
    rule = _get(session, slug)
    found = session.scalars(select(HouseVersion).where(HouseVersion.rule_id == rule.id, HouseVersion.number == number)).first()
    if found is None:
        raise UnknownError(f"{slug} has no version {number}.")
    return found


def _versions(rows: object, live: int | None) -> Iterator[Version]:
    for row in rows:  # type: ignore[attr-defined]
        given = Definition.from_mapping(row.definition)
        yield Version(
            row.number, given, row.author, row.reason, row.created_at, row.published_at, row.published_by, row.number == live
        )


@lru_cache(maxsize=1_024)
def _made(definition: Definition, number: int) -> Rule:
    """The same rule for the same version, so that its phrases are compiled once in each process."""
    return house.make_rule(definition, number)
