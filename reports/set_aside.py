"""Jobs that were set aside, after three tries or where trying again is useless: what a person needs to know to try one again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.models import Article, Job, Source
from reports.sight import EVERYTHING, Sight

SHOWN = 100  # more than that is one fault a hundred times, and the oldest tell it


@dataclass(frozen=True)
class SetAside:
    """One such job. ``error`` is what its last try said, or that its worker died."""

    id: int
    article_id: int
    headline: str | None
    source: str
    queued_at: datetime
    attempts: int
    error: str


def jobs_set_aside(session: Session, sight: Sight = EVERYTHING) -> list[SetAside]:
    """The jobs, the oldest ``SHOWN`` first."""
    rows = session.execute(
        select(Job, Article.headline, Article.url, Source.name)
        .join(Article, Article.id == Job.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(Job.state == "poisoned", *sight.articles())
        .order_by(Job.id)
        .limit(SHOWN)
    )
    return [
        SetAside(job.id, job.article_id, headline or url, source, job.queued_at, job.attempts, job.error or "")
        for job, headline, url, source in rows
    ]


def sees_job(session: Session, job_id: int, sight: Sight) -> bool:
    """Whether a job is about a story that is seen; one that is not there is nobody's business here."""
    about = select(Job.article_id).where(Job.id == job_id)
    return not sight.desks or bool(sight.seen(session, list(session.scalars(about))))
