"""Findings and articles as a program asks for them: filtered, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from reports.models import Article, Finding, Source

STATES = ("open", "reopened", "stands", "false-alarm", "fixed", "retired", "withdrawn")


@dataclass(frozen=True)
class FindingFilter:
    """What findings must be like; nothing given: any. ``since``: changed at that time or after."""

    states: Sequence[str] = ()
    severities: Sequence[str] = ()
    rules: Sequence[str] = ()
    source: str | None = None
    article_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class ArticleFilter:
    """What articles must be like; nothing given: any."""

    source: str | None = None
    external_id: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class FoundFinding:
    """A finding with its article."""

    finding: Finding
    article: Article
    source: str


@dataclass(frozen=True)
class FoundArticle:
    """An article with its source's name."""

    article: Article
    source: str


def findings(session: Session, wanted: FindingFilter, *, before: int | None, limit: int) -> list[FoundFinding]:
    """The newest findings, those before the number ``before`` if there is one."""
    fits: list[ColumnElement[bool]] = [
        column.in_(values)
        for column, values in (
            (Finding.state, wanted.states),
            (Finding.severity, wanted.severities),
            (Finding.rule, wanted.rules),
        )
        if values
    ]
    if wanted.source is not None:
        fits.append(Source.name == wanted.source)
    if wanted.article_id is not None:
        fits.append(Finding.article_id == wanted.article_id)
    if wanted.since is not None:
        fits.append(Finding.changed_at >= wanted.since)
    if before is not None:
        fits.append(Finding.id < before)
    return _findings(session, fits, limit)


def finding(session: Session, finding_id: int) -> FoundFinding | None:
    """One finding."""
    return next(iter(_findings(session, [Finding.id == finding_id], 1)), None)


def articles(session: Session, wanted: ArticleFilter, *, before: int | None, limit: int) -> list[FoundArticle]:
    """The newest articles that have a report, those before the number ``before`` if there is one."""
    asked = select(Article, Source.name).join(Source, Source.id == Article.source_id).where(Article.latest_report_id.is_not(None))
    for column, value in (
        (Source.name, wanted.source),
        (Article.external_id, wanted.external_id),
        (Article.url, wanted.url),
    ):
        asked = asked.where(column == value) if value is not None else asked
    if before is not None:
        asked = asked.where(Article.id < before)
    return [FoundArticle(article, source) for article, source in session.execute(asked.order_by(Article.id.desc()).limit(limit))]


def _findings(session: Session, fits: Sequence[ColumnElement[bool]], limit: int) -> list[FoundFinding]:
    rows = session.execute(
        select(Finding, Article, Source.name)
        .join(Article, Article.id == Finding.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(*fits)
        .order_by(Finding.id.desc())
        .limit(limit)
    )
    return [FoundFinding(finding, article, source) for finding, article, source in rows]
