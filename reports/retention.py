"""What is forgotten, and when: an article on request, and what is older than its source's time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from reports.errors import UnknownError
from reports.models import Article, Base, Delivery, Job, Revision, Source

AT_ONCE = 100  # articles a round; the rest goes with the next
ARTICLES: Table = Base.metadata.tables[Article.__tablename__]
DELIVERIES: Table = Base.metadata.tables[Delivery.__tablename__]


def erase_article(session: Session, article_id: int) -> None:
    """Deletes an article with everything that hangs on it: revisions, reports, findings, jobs. Raises UnknownError.

    Its deliveries stay as ids and hashes without it, so that the same call is still a duplicate; one on its way ends here.
    """
    if session.get(Article, article_id, with_for_update=True) is None:
        raise UnknownError(f"There is no article {article_id}.")
    mine = Delivery.article_id == article_id
    session.execute(update(Delivery).where(mine, Delivery.outcome.is_(None)).values(outcome="withdrawn"))
    session.execute(update(Delivery).where(mine).values(article_id=None))
    for table, doomed in reversed(_doomed(article_id)):
        session.execute(delete(table).where(doomed))
    session.expire_all()


def set_retention(session: Session, name: str, keep_days: int | None, keep_html_days: int | None) -> None:
    """How long a source's articles, and the HTML of their older revisions, are kept; None: for ever. Raises UnknownError."""
    source = session.scalars(select(Source).where(Source.name == name)).first()
    if source is None:
        raise UnknownError(f"There is no source {name!r}; `copydesk source list` shows them.")
    source.keep_days, source.keep_html_days = keep_days, keep_html_days


def forget_old(session: Session, now: datetime) -> int:
    """Erases what is past its source's time: whole articles by their last revision, the HTML of older revisions; how many."""
    forgotten = 0
    for source in list(session.scalars(select(Source))):
        if source.keep_days is not None:
            forgotten += _forget_articles(session, source.id, now - timedelta(days=source.keep_days))
        if source.keep_html_days is not None:
            forgotten += _forget_html(session, source.id, now - timedelta(days=source.keep_html_days))
    return forgotten


def _forget_articles(session: Session, source_id: int, before: datetime) -> int:
    last = select(func.max(Revision.received_at)).where(Revision.article_id == Article.id).scalar_subquery()
    old = func.coalesce(last, Article.created_at) < before
    found = list(session.scalars(select(Article.id).where(Article.source_id == source_id, old).limit(AT_ONCE)))
    for article_id in found:
        erase_article(session, article_id)
    session.execute(
        delete(Delivery).where(Delivery.source_id == source_id, Delivery.article_id.is_(None), Delivery.received_at < before)
    )
    return len(found)


def _forget_html(session: Session, source_id: int, before: datetime) -> int:
    """The newest revision of each article stays, for it is what the desk shows; so does one that a job still needs."""
    newest = select(Revision.id).where(Revision.article_id == Article.id).order_by(Revision.order_key.desc(), Revision.id.desc())
    needed = select(Job.revision_id).where(Job.state.in_(("queued", "running", "poisoned")))
    old = (
        select(Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(
            Article.source_id == source_id,
            Revision.received_at < before,
            func.length(Revision.content) > 0,
            Revision.id != newest.limit(1).correlate(Article).scalar_subquery(),
            Revision.id.not_in(needed),
        )
        .limit(AT_ONCE)
    )
    found = list(session.scalars(old))
    session.execute(update(Revision).where(Revision.id.in_(found)).values(content=b"", meta={"url": None, "metadata": {}}))
    return len(found)


def _doomed(article_id: int) -> list[tuple[Table, ColumnElement[bool]]]:
    """Each table with rows of the article, parents first: found by the foreign keys, so that a table to come is not forgotten."""
    conditions: dict[Table, ColumnElement[bool]] = {ARTICLES: ARTICLES.c.id == article_id}
    for table in Base.metadata.sorted_tables:
        ties = [
            key.parent.in_(_ids(key.column.table, conditions[key.column.table]))
            for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
            if key.column.table in conditions and table not in (ARTICLES, DELIVERIES)
        ]
        if ties:
            conditions[table] = or_(*ties)
    return list(conditions.items())


def _ids(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    return select(table.c.id).where(condition)
