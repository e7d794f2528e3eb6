"""Whose stories a person sees: every desk's, or those of some desks only."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from reports.errors import UnknownError
from reports.models import Article, Finding, User, Verdict

DESKS, NAME = 50, 64  # that one person can be bound to; characters of each


@dataclass(frozen=True)
class Sight:
    """The desks whose stories somebody sees; none: all of them. A story that went to no desk is everybody's.

    A finding that was handed to one of the desks, or to the person themselves, brings its story with it.
    """

    desks: tuple[str, ...] = ()
    name: str = ""

    @classmethod
    def of(cls, user: User) -> "Sight":
        """What a person sees."""
        return cls(tuple(user.sees or ()), user.name)

    def articles(self) -> list[ColumnElement[bool]]:
        """The conditions that a query over articles takes; none where everything is seen."""
        if not self.desks:
            return []
        handed = select(Finding.article_id).where(Finding.desk.in_(self.desks))
        own = select(Finding.article_id).where(Finding.assignee == self.name)
        mine = (Article.desk.in_(self.desks), Article.id.in_(handed), Article.id.in_(own))
        return [or_(Article.desk.is_(None), *mine)]

    def findings(self, finding: Any = Finding) -> list[ColumnElement[bool]]:
        """The same for a query over findings."""
        return [finding.article_id.in_(select(Article.id).where(*self.articles()))] if self.desks else []

    def seen(self, session: Session, article_ids: Collection[int]) -> set[int]:
        """Those of the articles that are seen; one that is not there is not."""
        return set(session.scalars(select(Article.id).where(Article.id.in_(article_ids), *self.articles())))

    def sees_batch(self, session: Session, batch_id: int) -> bool:
        """Whether all that was done at once is about stories that are seen, or was done by this person."""
        if not self.desks:
            return True
        done = select(Finding.article_id, Verdict.actor).join(Verdict, Verdict.finding_id == Finding.id)
        rows = session.execute(done.where(Verdict.batch_id == batch_id)).all()
        strange = {article_id for article_id, actor in rows if actor != self.name}
        return self.seen(session, strange) == strange


EVERYTHING = Sight()


def bind(session: Session, user_id: int, desks: Collection[str]) -> None:
    """Lets a person see these desks' stories only; none: every desk's. Raises UnknownError."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise UnknownError("There is no such person here.")
    named = sorted({desk.strip() for desk in desks if desk.strip()})
    if len(named) > DESKS or any(len(desk) > NAME for desk in named):
        raise UnknownError(f"At most {DESKS} desks, each of at most {NAME} characters.")
    user.sees = named
