"""What the queue can be filtered by: the desks, sections and sources there are, and the people and desks to hand a finding to."""

from dataclasses import dataclass

from sqlalchemy import CompoundSelect, Select, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from reports.models import Article, Route, Source, User

AT_MOST = 300  # a longer list is no list to choose from; the search box finds the others


@dataclass(frozen=True)
class Facets:
    """The choices, each in alphabetical order."""

    desks: tuple[str, ...]
    sections: tuple[str, ...]
    sources: tuple[str, ...]
    people: tuple[str, ...]


def facets(session: Session) -> Facets:
    """The choices as the store has them now."""
    sources = select(Source.name).order_by(Source.name).limit(AT_MOST)
    sections = session.scalars(_values(Article.section).limit(AT_MOST))
    return Facets(desks(session), tuple(sections), tuple(session.scalars(sources)), people(session))


def desks(session: Session) -> tuple[str, ...]:
    """Every desk that an article, a source, a person or a route names."""
    named = (select(column).where(column.is_not(None)) for column in (Source.desk, User.desk, Route.desk))
    known: CompoundSelect[str] = union(_values(Article.desk), *named)
    return tuple(session.scalars(select(known.subquery().c[0].label("desk")).order_by("desk").limit(AT_MOST)))


def _values(column: InstrumentedAttribute[str | None]) -> Select[str]:
    """An indexed column's values, each looked up behind the one before it: a store of 100,000 stories has some ten sections."""
    values = select(func.min(column).label("value")).cte("values_of", recursive=True)
    behind = select(func.min(column)).where(column > values.c.value).scalar_subquery()
    values = values.union_all(select(behind).where(values.c.value.is_not(None)))
    return select(values.c.value).where(values.c.value.is_not(None))


def people(session: Session) -> tuple[str, ...]:
    """Everybody who can be handed a finding: whoever may judge one, and has not left."""
    may = (User.role != "reader", User.left_at.is_(None))
    return tuple(session.scalars(select(User.name).where(*may).order_by(User.name).limit(AT_MOST)))
