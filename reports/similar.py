"""Articles of the store that are alike, by their sketches."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from reports.models import Article, Sketch
from rules.core.similarity import ALIKE, Neighbour

AT_MOST = 10  # neighbours that a rule gets to see


def neighbours_of(session: Session, article_id: int, sketch: Sequence[int]) -> list[Neighbour]:
    """The articles, none withdrawn, whose sketches share the most numbers with ``sketch``; the nearest first."""
    if not sketch:
        return []
    common = func.count().label("common")
    rows = session.execute(
        select(Article.url, Article.headline, common)
        .join(Sketch, Sketch.article_id == Article.id)
        .where(Sketch.number.in_(sketch), Article.id != article_id, Article.withdrawn_at.is_(None), Article.url.is_not(None))
        .group_by(Article.id, Article.url, Article.headline)
        .having(func.count() >= ALIKE * len(sketch))
        .order_by(common.desc(), Article.id)
        .limit(AT_MOST)
    )
    return [Neighbour(url or "", headline or "", shared / len(sketch)) for url, headline, shared in rows]


def keep_sketch(session: Session, article_id: int, sketch: Sequence[int]) -> None:
    """Puts an article's sketch in place of its last one."""
    session.execute(delete(Sketch).where(Sketch.article_id == article_id))
    if sketch:  # rows, not objects: nobody reads them in this session
        session.execute(insert(Sketch), [{"article_id": article_id, "number": number} for number in sketch])
