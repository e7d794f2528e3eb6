"""What the desk and the API ask of the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from reports import jobs
from reports.models import Article, Finding, Job, Report, Revision, Source
from reports.tallies import OPEN
from rules.core.submission import Submission

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class ArticleRow:
    """An article in the list: how many findings of each severity are open."""

    id: int
    headline: str | None
    url: str | None
    source: str
    checked_at: datetime
    errors: int
    warnings: int
    notes: int


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


@dataclass(frozen=True)
class QueueHealth:
    """How the queue is: jobs by state, and how long the oldest queued one has waited."""

    jobs: dict[str, int]
    oldest_queued: timedelta | None


def articles_with_findings(session: Session, *, limit: int = 50, offset: int = 0) -> list[ArticleRow]:
    """Articles with open findings, the worst first: most errors, then warnings, then the newest check."""
    errors, warnings, notes = (_count(severity) for severity in SEVERITIES)
    rows = session.execute(
        select(Article.id, Article.headline, Article.url, Source.name, Report.as_of, errors, warnings, notes)
        .join(Source, Source.id == Article.source_id)
        .join(Report, Report.id == Article.latest_report_id)
        .join(Finding, Finding.article_id == Article.id)
        .where(Finding.state.in_(OPEN), Article.withdrawn_at.is_(None))
        .group_by(Article.id, Article.headline, Article.url, Source.name, Report.as_of)
        .order_by(errors.desc(), warnings.desc(), Report.as_of.desc(), Article.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [ArticleRow(*row) for row in rows]


def count_articles_with_findings(session: Session) -> int:
    """How many articles have open findings."""
    found = (
        select(func.count(func.distinct(Finding.article_id)))
        .join(Article, Article.id == Finding.article_id)
        .where(Finding.state.in_(OPEN), Article.withdrawn_at.is_(None))
    )
    return session.scalar(found) or 0


def count_checked_articles(session: Session) -> int:
    """How many articles have a report."""
    return session.scalar(select(func.count()).select_from(Article).where(Article.latest_report_id.is_not(None))) or 0


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
    findings = session.execute(
        select(Finding.fingerprint, Finding.state, Finding.cause).where(Finding.article_id == article_id)
    ).all()
    return ArticlePage(
        id=article.id,
        headline=article.headline,
        url=article.url,
        source=source,
        withdrawn_at=article.withdrawn_at,
        report_id=made.id,
        report=made.body,
        submission=jobs.submission_of(revision),
        states={fingerprint: state for fingerprint, state, _ in findings},
        causes={fingerprint: cause for fingerprint, _, cause in findings},
    )


@dataclass(frozen=True)
class ReportRow:
    """A report, and the submission that it is about."""

    body: dict[str, Any]
    submission: Submission


def report(session: Session, report_id: int) -> ReportRow | None:
    """A report by its number."""
    return _report(session, Report.id == report_id)


def latest_report(session: Session, article_id: int) -> ReportRow | None:
    """The newest report on an article."""
    newest = select(Article.latest_report_id).where(Article.id == article_id).scalar_subquery()
    return _report(session, Report.id == newest)


def _report(session: Session, wanted: ColumnElement[bool]) -> ReportRow | None:
    row = session.execute(select(Report.body, Revision).join(Revision, Revision.id == Report.revision_id).where(wanted)).first()
    return ReportRow(row[0], jobs.submission_of(row[1])) if row else None


def queue_health(session: Session, now: datetime) -> QueueHealth:
    """How the queue is at ``now``."""
    oldest = session.scalar(select(func.min(Job.queued_at)).where(Job.state == "queued"))
    return QueueHealth(jobs.count_by_state(session), now - oldest if oldest else None)


def _count(severity: str) -> ColumnElement[int]:
    return func.sum(case((Finding.severity == severity, 1), else_=0))
