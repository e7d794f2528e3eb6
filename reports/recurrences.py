"""Which faults were open in many articles of a source: kept, so that nobody looks for the few that spread among all that is open.

A fault is kept in the transaction that makes it spread. Two that do so in the same moment see one article too few each, so the
scheduler looks through everything now and then (``review``). What is kept may have stopped spreading since: who reads it counts
again (``reports.incidents``).
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from reports.models import Base, Finding, Recurrence

# Articles with the same fault. The same text: twice happens, three times is a template, a feed or a habit. Other texts at the
# same place are weaker evidence, since a box may hold a different thing each day: two more than for a text.
SPREADS = {"text_hash": 3, "place": 5}

_MINE, _OTHER = aliased(Finding, name="mine"), aliased(Finding, name="other")
_KEPT: Table = Base.metadata.tables[Recurrence.__tablename__]


def remember(session: Session, article_ids: Collection[int]) -> None:
    """Keeps the faults of these articles that are open in enough articles of their source."""
    session.execute(_of_articles(session.get_bind().dialect.name), {"articles": list(article_ids)})


def review(session: Session) -> None:
    """Keeps what was missed, and forgets the faults that are not open anywhere any more."""
    for by, least in SPREADS.items():
        keys = _keys(Finding, by)
        articles = func.count(Finding.article_id.distinct())
        spread = select(*keys).where(_is_open("finding", by)).group_by(*keys).having(articles >= least).order_by(*keys)
        session.execute(_kept(session.get_bind().dialect.name, spread))
        same = (_OTHER.source_id == Recurrence.source_id, _OTHER.rule == Recurrence.rule, getattr(_OTHER, by) == Recurrence.hash)
        open_somewhere = exists(select(_OTHER.id).where(_is_open("other", by), *same))
        session.execute(delete(Recurrence).where(Recurrence.kind == by, ~open_somewhere))


@cache  # a statement that is made once costs a third of one that is made anew
def _of_articles(dialect: str) -> Executable:
    """Always in one order: of two transactions that keep the same faults one waits for the other, never each for the other."""
    spread = (_here_and_elsewhere(by, least) for by, least in SPREADS.items())
    return _kept(dialect, union_all(*spread).order_by(*_KEPT.columns.keys()))


def _here_and_elsewhere(by: str, least: int) -> Select[Any]:
    """The faults of one kind that the articles have, where enough others have them too, of which no more are looked at."""
    same = (_OTHER.source_id == _MINE.source_id, _OTHER.rule == _MINE.rule, getattr(_OTHER, by) == getattr(_MINE, by))
    enough = select(_OTHER.article_id).where(_is_open("other", by), *same).group_by(_OTHER.article_id).limit(1).offset(least - 1)
    here = _MINE.article_id.in_(bindparam("articles", expanding=True))
    return select(*_keys(_MINE, by)).where(here, _is_open("mine", by), enough.scalar_subquery().is_not(None)).distinct()


def _kept(dialect: str, faults: Any) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(_KEPT).from_select(list(_KEPT.columns), faults).on_conflict_do_nothing()


def _keys(finding: Any, by: str) -> tuple[ColumnElement[Any], ...]:
    return finding.source_id, finding.rule, literal(by).label("kind"), getattr(finding, by).label("hash")


def _is_open(name: str, by: str) -> ColumnElement[bool]:
    """In the words of the partial indexes (reports.models), of a finding that a statement calls ``name``."""
    condition = f"{name}.state IN ('open', 'reopened')"
    return literal_column(f"{condition} AND {name}.place <> ''" if by == "place" else condition)
