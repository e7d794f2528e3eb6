"""Articles of the store that are alike, by their sketches."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from reports.models import Article, Sketch
from rules.core.similarity import ALIKE, Neighbour

AT_MOST = 10  # neighbours that a rule gets to see
_COMMON = func.count().label("common")
_ALIKE = (
    select(Article.url, Article.headline, _COMMON)
    .join(Sketch, Sketch.article_id == Article.id)
    .where(
        Sketch.number.in_(bindparam("numbers", expanding=True)),
        Article.id != bindparam("article"),
        Article.withdrawn_at.is_(None),
        Article.url.is_not(None),
    )
    .group_by(Article.id, Article.url, Article.headline)
    .having(func.count() >= bindparam("least"))
    .order_by(_COMMON.desc(), Article.id)
    .limit(AT_MOST)
)
_FORGET = delete(Sketch).where(Sketch.article_id == bindparam("article"))
_KEEP = insert(Sketch)


def neighbours_of(session: Session, article_id: int, sketch: Sequence[int]) -> list[Neighbour]:
    """The articles, none withdrawn, whose sketches share the most numbers with ``sketch``; the nearest first."""
    if not sketch:
        return []
    rows = session.execute(_ALIKE, {"numbers": sketch, "article": article_id, "least": ALIKE * len(sketch)})
    return [Neighbour(url or "", headline or "", shared / len(sketch)) for url, headline, shared in rows]


def keep_sketch(session: Session, article_id: int, sketch: Sequence[int], *, first: bool = False) -> None:
    """Puts an article's sketch in place of its last one; ``first``: there is none yet."""
    connection = session.connection()  # rows, not objects: nobody reads them in this session
    if not first:
        connection.execute(_FORGET, {"article": article_id})
    if sketch:
        connection.execute(_KEEP, [{"article_id": article_id, "number": number} for number in sketch])
