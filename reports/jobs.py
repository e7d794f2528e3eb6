"""Jobs: claimed with a lease, tried three times, then set aside; what the queue forgot is rung for again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from reports.errors import UnknownError
from reports.models import Article, Delivery, Job, Revision, Source
from rules.core.submission import ContentKind, Metadata, Submission

MAX_ATTEMPTS = 3
SWEPT = "sweep"  # the cause of a job that a sweep of an archive brought: nobody waits for it
TO_FETCH = "fetch"  # the content kind of a revision whose page is not here yet
RING_AT_ONCE = 500  # jobs a round of the relay; the rest waits for the next
SWEPT_PATIENCE = 60  # times as long until a swept job is rung again: behind every publish, it waits without being forgotten


@dataclass(frozen=True)
class Claimed:
    """A job that this worker holds until its lease ends; ``attempt`` fences off a worker that comes back late."""

    job_id: int
    attempt: int
    article_id: int
    revision_id: int
    delivery_id: int | None
    submission: Submission
    source: str  # the name of the sender
    cause: str = "delivery"
    fetch: bool = False  # the page is to be fetched first, from one of ``origins``
    origins: tuple[str, ...] = ()
    select: tuple[str, ...] = ()  # the sender's own choice of rules
    ignore: tuple[str, ...] = ()
    not_before: datetime | None = None  # when a due job was queued: a clock that was set back since must not undo that
    delivery: str | None = None  # the sender's own id of the delivery, for the log


def _newest_first(revision: Any) -> tuple[Any, ...]:
    """By the sender's order, then by arrival."""
    return revision.order_key.desc(), revision.id.desc()


_Other = aliased(Revision)
NEWEST = (  # the revision of an article that counts
    select(_Other.id)
    .where(_Other.article_id == Article.id)
    .order_by(*_newest_first(_Other))
    .limit(1)
    .correlate(Article)
    .scalar_subquery()
)
_TAKEN = (
    select(Job, Revision, Source, Article.withdrawn_at, Delivery.delivery_id, NEWEST)
    .join(Revision, Revision.id == Job.revision_id)
    .join(Article, Article.id == Job.article_id)
    .join(Source, Source.id == Article.source_id)
    .outerjoin(Delivery, Delivery.id == Job.delivery_id)
    .where(Job.id == bindparam("job"))
    .with_for_update(of=Job)
    .execution_options(populate_existing=True)
)
_END_DELIVERY = (
    update(Delivery)
    .where(Delivery.id == bindparam("delivery"))
    .values(outcome=bindparam("how"), superseded_by=bindparam("newer"))
)


def claim(session: Session, job_id: int, now: datetime, lease: timedelta) -> Claimed | None:
    """Takes a job, or ends it where it needs no work; None when there is nothing (more) to do."""
    found = session.execute(_TAKEN, {"job": job_id}).one_or_none()
    if found is None:
        return None
    job, revision, source, withdrawn_at, delivery, newest = found
    if job.state not in ("queued", "running") or (job.state == "running" and _held(job, now)):
        return None
    if withdrawn_at is not None:
        _end(session, job, "withdrawn")
        return None
    if newest != revision.id:
        _end(session, job, "superseded", superseded_by=newest)
        return None
    if job.attempts >= MAX_ATTEMPTS:
        job.error = job.error or "the worker died or hung at every attempt"
        _end(session, job, "poisoned")
        return None
    job.state, job.attempts, job.lease_until = "running", job.attempts + 1, now + lease
    return Claimed(
        job.id,
        job.attempts,
        job.article_id,
        job.revision_id,
        job.delivery_id,
        submission_of(revision),
        source.name,
        job.cause,
        fetch=revision.content_kind == TO_FETCH,
        origins=tuple((source.origin or "").split()),
        select=tuple(source.rules.get("select", ())),
        ignore=tuple(source.rules.get("ignore", ())),
        not_before=job.queued_at if job.cause == "due" else None,
        delivery=delivery,
    )


def holds(session: Session, claimed: Claimed) -> Job | None:
    """The job, locked, if the claim still stands; None when it was given to somebody else."""
    job = session.get(Job, claimed.job_id, with_for_update=True)
    return job if job is not None and job.state == "running" and job.attempts == claimed.attempt else None


def finish(
    session: Session, job: Job, outcome: str = "reported", error: str | None = None, *, superseded_by: int | None = None
) -> None:
    """Ends a job that was worked on, and its delivery with it; ``superseded_by`` a revision."""
    job.error = error
    _end(session, job, outcome, superseded_by=superseded_by)


def fail(session: Session, claimed: Claimed, error: str, *, permanent: bool = False, not_before: datetime | None = None) -> bool:
    """Gives a job back after a failure; the third one, or a ``permanent`` one, sets it aside. Whether it will be tried again.

    ``not_before``: when the relay may ring for it at the earliest (it adds its own patience).
    """
    job = holds(session, claimed)
    if job is None:
        return False
    job.error, job.lease_until = error[:2_000], None
    if permanent or job.attempts >= MAX_ATTEMPTS:
        _end(session, job, "poisoned")
        return False
    job.state, job.rung_at = "queued", not_before
    return True


def retry(session: Session, job_id: int, now: datetime) -> None:
    """A person's second chance for a job that was set aside. Raises UnknownError for any other."""
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or job.state != "poisoned":
        raise UnknownError(f"Job {job_id} was not set aside.")
    job.state, job.attempts, job.queued_at, job.rung_at = "queued", 0, now, now
    if job.delivery_id is not None:
        session.execute(update(Delivery).where(Delivery.id == job.delivery_id).values(outcome=None))


def due_to_ring(session: Session, now: datetime, ring_after: timedelta, *, swept: bool = False) -> list[int]:
    """The jobs to ring for again: queued too long, or running past their lease. Marks them as rung.

    Those that a sweep brought are asked for on their own (``swept``): they are rung on a queue of their own.
    """
    patience = ring_after * SWEPT_PATIENCE if swept else ring_after
    silent = and_(Job.state == "queued", or_(Job.rung_at.is_(None), Job.rung_at <= now - patience))
    lost = and_(Job.state == "running", Job.lease_until <= now)
    mine = Job.cause == SWEPT if swept else Job.cause != SWEPT
    found = list(session.scalars(select(Job.id).where(or_(silent, lost), mine).order_by(Job.id).limit(RING_AT_ONCE)))
    session.execute(update(Job).where(Job.id.in_(found)).values(rung_at=now))
    return found


def queue_due(session: Session, now: datetime) -> list[int]:
    """One job for every article whose time has come (``upcoming`` of its newest report); gives their ids."""
    articles = session.scalars(
        select(Article)
        .where(Article.due_at <= now, Article.withdrawn_at.is_(None))
        .order_by(Article.due_at)
        .limit(RING_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    newest = _newest_revisions(session, [article.id for article in articles])
    jobs = [
        Job(article_id=article.id, revision_id=newest[article.id], cause="due", queued_at=now, rung_at=now)
        for article in articles
        if article.id in newest
    ]
    for article in articles:
        article.due_at = None
    session.add_all(jobs)
    session.flush()
    return [job.id for job in jobs]


def _newest_revisions(session: Session, article_ids: Sequence[int]) -> dict[int, int]:
    """The ids of the revisions that count, by article, as ``newest_revision`` has one; their contents are not read."""
    place = func.row_number().over(partition_by=Revision.article_id, order_by=_newest_first(Revision)).label("place")
    ranked = select(Revision.article_id, Revision.id, place).where(Revision.article_id.in_(article_ids)).subquery()
    found = select(ranked.c.article_id, ranked.c.id).where(ranked.c.place == 1)
    return {row.article_id: row.id for row in session.execute(found)}


def newest_revision(session: Session, article_id: int) -> Revision | None:
    """The revision that counts: the last by its sender's order, then by arrival."""
    newest = select(Revision).where(Revision.article_id == article_id).order_by(*_newest_first(Revision))
    return session.scalars(newest.limit(1)).first()


def submission_of(revision: Revision) -> Submission:
    """The submission as it was handed in."""
    kind: ContentKind = "auto" if revision.content_kind == TO_FETCH else revision.content_kind  # type: ignore[assignment]
    charset = revision.meta.get("charset") or ("utf-8" if kind != "auto" else None)
    url = revision.meta["url"]
    metadata = Metadata.from_mapping(revision.meta["metadata"])
    rendered = bool(revision.meta.get("rendered"))
    return Submission(revision.content, kind, charset=charset, path=url, url=url, metadata=metadata, rendered=rendered)


def count_swept(session: Session) -> int:
    """How many jobs of sweeps are not done yet."""
    waiting = select(func.count()).select_from(Job).where(Job.state.in_(("queued", "running")), Job.cause == SWEPT)
    return session.scalar(waiting) or 0


def queued_by_sweeps(session: Session, source_id: int) -> list[int]:
    """The jobs that sweeps of a source brought and that no worker has begun."""
    queued = select(Job.id).join(Article, Article.id == Job.article_id).order_by(Job.id)
    return list(session.scalars(queued.where(Job.state == "queued", Job.cause == SWEPT, Article.source_id == source_id)))


@dataclass(frozen=True)
class Sweep:
    """An archive of a source that workers are reading: how many of its stories they have done with, how many still wait."""

    read: int
    waiting: int


def sweep_of(session: Session, source_id: int) -> Sweep | None:
    """The sweep that is under way on a source; None when none of its stories waits."""
    swept = select(func.count()).select_from(Job).join(Article, Article.id == Job.article_id)
    swept = swept.where(Job.cause == SWEPT, Article.source_id == source_id)
    waiting = session.scalar(swept.where(Job.state.in_(("queued", "running")))) or 0
    return Sweep((session.scalar(swept) or 0) - waiting, waiting) if waiting else None


def count_by_state(session: Session) -> dict[str, int]:
    """How many jobs are in each state."""
    return dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())


def _held(job: Job, now: datetime) -> bool:
    return job.lease_until is not None and job.lease_until > now


def _end(session: Session, job: Job, outcome: str, *, superseded_by: int | None = None) -> None:
    job.state = "done" if outcome == "reported" else outcome
    job.lease_until = None
    if job.delivery_id is not None:
        ended = {"delivery": job.delivery_id, "how": outcome, "newer": superseded_by}
        session.connection().execute(_END_DELIVERY, ended)
