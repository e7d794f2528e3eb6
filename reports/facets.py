"""What the queue can be filtered by: the desks, sections and sources there are, and the people and desks to hand a finding to."""

from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from reports.models import Article, Source, User

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
    sections = select(Article.section).where(Article.section.is_not(None)).distinct().order_by(Article.section).limit(AT_MOST)
    sources = select(Source.name).order_by(Source.name).limit(AT_MOST)
    return Facets(desks(session), tuple(session.scalars(sections)), tuple(session.scalars(sources)), people(session))


def desks(session: Session) -> tuple[str, ...]:
    """Every desk that an article, a source or a person belongs to."""
    known = union(*(select(column.label("desk")).where(column.is_not(None)) for column in (Article.desk, Source.desk, User.desk)))
    return tuple(session.scalars(select(known.subquery().c.desk).order_by("desk").limit(AT_MOST)))


def people(session: Session) -> tuple[str, ...]:
    """Everybody who can be handed a finding."""
    return tuple(session.scalars(select(User.name).where(User.role != "viewer").order_by(User.name).limit(AT_MOST)))
