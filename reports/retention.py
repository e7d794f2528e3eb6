"""What is forgotten, and when: an article on request, and what is older than its source's time."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from reports.errors import UnknownError
from reports.jobs import NEWEST
from reports.models import Article, Base, Delivery, GateCheck, Job, Message, Payload, Report, Revision, Source
from reports.payloads import KEPT_FOR

AT_ONCE = 100  # of each kind a round; the rest goes with the next
ARTICLES: Table = Base.metadata.tables[Article.__tablename__]
DELIVERIES: Table = Base.metadata.tables[Delivery.__tablename__]


def erase_article(session: Session, article_id: int) -> None:
    """Deletes an article with everything that hangs on it: revisions, reports, findings, jobs, calls, questions to the gate.

    Raises UnknownError. Its deliveries stay as ids and hashes without it, so that the same call is still a duplicate; one on its
    way ends here.
    """
    if not _erase(session, article_id):
        raise UnknownError(f"There is no article {article_id}.")


def _erase(session: Session, article_id: int) -> bool:
    """The same; False where it has gone already, as the text of a question goes with the story that it was about."""
    if session.get(Article, article_id, with_for_update=True) is None:
        return False
    asked = select(GateCheck.delivery_id, Job.article_id).join(Job, Job.id == GateCheck.job_id)
    about = (GateCheck.article_id == article_id, Job.article_id != article_id)
    for delivery_id, question in session.execute(asked.where(*about)).all():
        _erase_question(session, delivery_id, question)
    mine = Delivery.article_id == article_id
    session.execute(delete(Payload).where(Payload.delivery_id.in_(select(Delivery.id).where(mine))))
    session.execute(update(Delivery).where(mine, Delivery.outcome.is_(None)).values(outcome="withdrawn"))
    session.execute(update(Delivery).where(mine).values(article_id=None, superseded_by=None))
    for table, doomed in reversed(_doomed(article_id)):
        session.execute(delete(table).where(doomed))
    session.expire_all()
    return True


def _erase_question(session: Session, delivery_id: int, article_id: int) -> None:
    """A question to the gate with its text, an article of its own, and its delivery: nobody sends that again."""
    _erase(session, article_id)
    _drop(session, [delivery_id])


@dataclass(frozen=True)
class Retention:
    """How many days a source's things are kept; None: for ever, of payloads the usual time."""

    days: int | None = None  # articles, after their last revision
    html_days: int | None = None  # the HTML of revisions that are not the newest
    payload_days: int | None = None  # the bodies of calls
    report_days: int | None = None  # what reports say that are not the newest of their article
    log_days: int | None = None  # deliveries that have ended, with their jobs; questions to the gate that were answered


def set_retention(session: Session, name: str, kept: Retention) -> None:
    """How long each kind of thing of a source is kept. Raises UnknownError."""
    source = session.scalars(select(Source).where(Source.name == name)).first()  # a removed one too: its stories are still here
    if source is None:
        raise UnknownError(f"There is no source {name!r}; `copydesk source list` shows them.")
    for kind, days in asdict(kept).items():
        setattr(source, f"keep_{kind}", days)


def forget_old(session: Session, now: datetime) -> int:
    """Erases what is past its source's time; how many articles, revisions' HTML, bodies, reports, questions and deliveries."""
    forgotten = 0
    for source in list(session.scalars(select(Source))):
        for days, forget in _chores(source):
            if days is not None:
                forgotten += forget(session, source.id, now - timedelta(days=days))
    return forgotten


def _chores(source: Source) -> list[tuple[int | None, Callable[[Session, int, datetime], int]]]:
    usual = KEPT_FOR.days if source.keep_payload_days is None else source.keep_payload_days
    return [
        (source.keep_days, _forget_articles),
        (source.keep_html_days, _forget_html),
        (usual, _forget_payloads),
        (source.keep_report_days, _forget_reports),
        (source.keep_log_days, _forget_questions),
        (source.keep_log_days, _forget_deliveries),
    ]


def _forget_articles(session: Session, source_id: int, before: datetime) -> int:
    last = select(func.max(Revision.received_at)).where(Revision.article_id == Article.id).scalar_subquery()
    old = func.coalesce(last, Article.created_at) < before
    mine = select(Article.id).where(Article.source_id == source_id, old).order_by(Article.id)
    erased = sum([_erase(session, article_id) for article_id in session.scalars(mine.limit(AT_ONCE)).all()])
    orphans = select(Delivery.id).where(
        Delivery.source_id == source_id, Delivery.article_id.is_(None), Delivery.received_at < before
    )
    _drop(session, session.scalars(orphans.limit(AT_ONCE)).all())
    return erased


def _forget_html(session: Session, source_id: int, before: datetime) -> int:
    """The newest revision of each article stays, for it is what the desk shows; so does one that a job still needs."""
    needed = select(Job.revision_id).where(Job.state.in_(("queued", "running", "poisoned")))
    old = (
        select(Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(
            Article.source_id == source_id,
            Revision.received_at < before,
            func.length(Revision.content) > 0,
            Revision.id != NEWEST,
            Revision.id.not_in(needed),
        )
        .limit(AT_ONCE)
    )
    found = list(session.scalars(old))
    session.execute(update(Revision).where(Revision.id.in_(found)).values(content=b"", meta={"url": None, "metadata": {}}))
    return len(found)


def _forget_payloads(session: Session, source_id: int, before: datetime) -> int:
    mine = select(Delivery.id).where(Delivery.source_id == source_id).scalar_subquery()
    old = delete(Payload).where(Payload.kept_at < before, Payload.delivery_id.in_(mine))
    return session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def _forget_reports(session: Session, source_id: int, before: datetime) -> int:
    """What they say; that they were made stays. The newest of each article, and one that is still to be sent, are left whole."""
    waiting = select(Message.report_id).where(Message.state == "waiting", Message.report_id.is_not(None))
    old = (
        select(Report.id)
        .join(Article, Article.id == Report.article_id)
        .where(
            Article.source_id == source_id,
            Report.as_of < before,
            Report.forgotten.is_(False),
            func.coalesce(Article.latest_report_id, 0) != Report.id,
            Report.id.not_in(waiting),
        )
        .limit(AT_ONCE)
    )
    found = list(session.scalars(old))
    session.execute(update(Report).where(Report.id.in_(found)).values(body={}, forgotten=True))
    return len(found)


def _forget_questions(session: Session, source_id: int, before: datetime) -> int:
    """Questions to the gate that were answered, or set aside, with the text that was asked about."""
    over = or_(GateCheck.verdict.is_not(None), Job.state == "poisoned")
    old = (
        select(GateCheck.delivery_id, Job.article_id)
        .join(Job, Job.id == GateCheck.job_id)
        .where(GateCheck.source_id == source_id, GateCheck.asked_at < before, over)
        .limit(AT_ONCE)
    )
    found = session.execute(old).all()
    for delivery_id, article_id in found:
        _erase_question(session, delivery_id, article_id)
    return len(found)


def _forget_deliveries(session: Session, source_id: int, before: datetime) -> int:
    """With their jobs and bodies; the same call is then no duplicate any more. One that is on its way or set aside stays."""
    asked = select(GateCheck.delivery_id)
    old = (
        select(Delivery.id)
        .where(
            Delivery.source_id == source_id,
            Delivery.received_at < before,
            Delivery.outcome.is_not(None),
            Delivery.outcome != "poisoned",
            Delivery.id.not_in(asked),
        )
        .limit(AT_ONCE)
    )
    found = session.scalars(old).all()
    _drop(session, found)
    mine = select(Article.id).where(Article.source_id == source_id)
    looks = (Job.article_id.in_(mine), Job.delivery_id.is_(None), Job.state.not_in(("queued", "running", "poisoned")))
    session.execute(delete(Job).where(*looks, Job.queued_at < before))
    return len(found)


def _drop(session: Session, deliveries: Sequence[int]) -> None:
    """Deletes deliveries with their bodies and jobs."""
    for table in (Payload, Job):
        session.execute(delete(table).where(table.delivery_id.in_(deliveries)))
    session.execute(delete(Delivery).where(Delivery.id.in_(deliveries)))


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
