"""What the desk and the API ask of the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from reports import jobs
from reports.history import last_change
from reports.jobs import SWEPT
from reports.models import Article, Finding, Job, Report, Revision, Source
from reports.sight import EVERYTHING, Sight
from rules.core.submission import Submission


@dataclass(frozen=True)
class ArticlePage:
    """An article with its newest report and the revision that report is about."""

    id: int
    headline: str | None
    url: str | None
    source: str
    withdrawn_at: datetime | None
    report_id: int
    report: dict[str, Any]
    submission: Submission
    states: dict[str, str]  # of each finding, by fingerprint
    causes: dict[str, str]  # of the job that first found each: "delivery", "due", …; by fingerprint
    kept: dict[str, Finding]  # each finding's life, by fingerprint
    event_id: int  # of the newest change
    section: str | None
    desk: str | None


@dataclass(frozen=True)
class QueueHealth:
    """How the queue is: jobs by state, and how long the oldest queued one has waited."""

    jobs: dict[str, int]
    oldest_queued: timedelta | None


def count_checked_articles(session: Session, sight: Sight = EVERYTHING) -> int:
    """How many articles have a report."""
    read = select(func.count()).select_from(Article).where(Article.latest_report_id.is_not(None), *sight.articles())
    return session.scalar(read) or 0


def article_page(session: Session, article_id: int) -> ArticlePage | None:
    """An article as its page shows it; None when there is none or it has no report yet."""
    row = session.execute(
        select(Article, Source.name, Report, Revision)
        .join(Source, Source.id == Article.source_id)
        .join(Report, Report.id == Article.latest_report_id)
        .join(Revision, Revision.id == Report.revision_id)
        .where(Article.id == article_id)
    ).first()
    if row is None:
        return None
    article, source, made, revision = row
    kept = {finding.fingerprint: finding for finding in session.scalars(select(Finding).where(Finding.article_id == article_id))}
    return ArticlePage(
        id=article.id,
        headline=article.headline,
        url=article.url,
        source=source,
        withdrawn_at=article.withdrawn_at,
        report_id=made.id,
        report=made.body,
        submission=jobs.submission_of(revision),
        states={fingerprint: finding.state for fingerprint, finding in kept.items()},
        causes={fingerprint: finding.cause for fingerprint, finding in kept.items()},
        kept=kept,
        event_id=last_change(session, article_id),
        section=article.section,
        desk=article.desk,
    )


@dataclass(frozen=True)
class ReportRow:
    """A report, and the submission that it is about."""

    body: dict[str, Any]
    submission: Submission


def report(session: Session, report_id: int) -> ReportRow | None:
    """A report by its number; None also when what it said was forgotten."""
    return _report(session, Report.id == report_id)


def latest_report(session: Session, article_id: int) -> ReportRow | None:
    """The newest report on an article."""
    newest = select(Article.latest_report_id).where(Article.id == article_id).scalar_subquery()
    return _report(session, Report.id == newest)


def _report(session: Session, wanted: ColumnElement[bool]) -> ReportRow | None:
    kept = select(Report.body, Revision).join(Revision, Revision.id == Report.revision_id).where(Report.forgotten.is_(False))
    row = session.execute(kept.where(wanted)).first()
    return ReportRow(row[0], jobs.submission_of(row[1])) if row else None


def queue_health(session: Session, now: datetime) -> QueueHealth:
    """How the queue is at ``now``."""
    # those of a sweep wait as long as they must; nobody is to be alarmed by it
    oldest = session.scalar(select(func.min(Job.queued_at)).where(Job.state == "queued", Job.cause != SWEPT))
    return QueueHealth(jobs.count_by_state(session), now - oldest if oldest else None)


def store_bytes(session: Session) -> int:
    """How much disk the store takes, free pages in it included; for SQLite without its write-ahead log."""
    if session.get_bind().dialect.name == "sqlite":
        pages, size = (session.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
        return int(pages) * int(size)
    return int(session.scalar(select(func.pg_database_size(func.current_database()))) or 0)
