"""Which faults were open in many articles of a source: kept, so that nobody looks for the few that spread among all that is open.

A fault is kept in the transaction that makes it spread. Two that do so in the same moment see one article too few each, so the
scheduler looks through everything now and then (``missing``). What is kept may have stopped spreading since: who reads it counts
again (``reports.incidents``).
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, exists, func, literal, literal_column, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from reports.models import Finding, Recurrence

# Articles with the same fault. The same text: twice happens, three times is a template, a feed or a habit. Other texts at the
# same place are weaker evidence, since a box may hold a different thing each day: two more than for a text.
SPREADS = {"text_hash": 3, "place": 5}

Found = set[Row[Any]]  # source, rule, kind and hash of faults that are not kept yet
_MINE, _OTHER = aliased(Finding, name="mine"), aliased(Finding, name="other")


def among(session: Session, article_ids: Collection[int]) -> Found:
    """The faults of these articles that are open in enough articles of their source and not kept yet."""
    return set(session.execute(_of_articles(), {"articles": list(article_ids)}))


def missing(session: Session) -> Found:
    """The same of all that is open: the faults that two transactions of one moment made spread, each without seeing the other."""
    found: Found = set()
    for by, least in SPREADS.items():
        keys = _keys(Finding, by)
        articles = func.count(Finding.article_id.distinct())
        found |= set(session.execute(select(*keys).where(_is_open("finding", by)).group_by(*keys).having(articles >= least)))
    return found - set(session.execute(select(*Recurrence.__table__.columns)))


def keep(session: Session, found: Found) -> None:
    """Keeps them, in one order: of two transactions that keep the same one waits for the other, never each for the other."""
    if found:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(insert(Recurrence).on_conflict_do_nothing(), [row._asdict() for row in sorted(found)])


def forget(session: Session) -> None:
    """Forgets the faults that are open nowhere; one that an undo brings back meanwhile is not shown until it is looked for."""
    for by in SPREADS:
        open_somewhere = exists(select(_OTHER.id).where(_is_open("other", by), *_same(_OTHER, by, Recurrence, "hash")))
        session.execute(delete(Recurrence).where(Recurrence.kind == by, ~open_somewhere))


@cache  # a statement that is made once costs a third of one that is made anew
def _of_articles() -> Any:
    return union_all(*(_here_and_elsewhere(by, least) for by, least in SPREADS.items()))


def _here_and_elsewhere(by: str, least: int) -> Select[Any]:
    """The faults of one kind that the articles have, where enough others have them too, of which no more are looked at.

    Each is looked for once, however often a story has it: findings on elements have no text, so all of a rule's are one fault.
    """
    here = _MINE.article_id.in_(bindparam("articles", expanding=True))
    mine = select(*_keys(_MINE, by)).where(here, _is_open("mine", by)).distinct().cte(f"mine_by_{by}").c
    enough = select(_OTHER.article_id).where(_is_open("other", by), *_same(_OTHER, by, mine, "hash")).group_by(_OTHER.article_id)
    is_kept = exists().where(Recurrence.kind == by, *_same(Recurrence, "hash", mine, "hash"))
    return select(*mine).where(~is_kept, enough.limit(1).offset(least - 1).scalar_subquery().is_not(None))


def _keys(finding: Any, by: str) -> tuple[ColumnElement[Any], ...]:
    return finding.source_id, finding.rule, literal(by).label("kind"), getattr(finding, by).label("hash")


def _same(one: Any, by: str, other: Any, name: str) -> tuple[ColumnElement[bool], ...]:
    return one.source_id == other.source_id, one.rule == other.rule, getattr(one, by) == getattr(other, name)


def _is_open(name: str, by: str) -> ColumnElement[bool]:
    """In the words of the partial indexes (reports.models), of a finding that a statement calls ``name``."""
    condition = f"{name}.state IN ('open', 'reopened')"
    return literal_column(f"{condition} AND {name}.place <> ''" if by == "place" else condition)
