"""What rules in the shadow would have flagged: kept for the rule's page, in no report, queue or message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from reports.faults import kept_text
from reports.models import Article, ShadowFinding, Source
from reports.sight import Sight

DAYS = 30  # that a rule's page looks back
SAMPLES = 50  # findings that it shows, the newest; the counts are of all
_NEWEST = select(Article.id).where(Article.id == bindparam("article"), Article.latest_report_id == bindparam("report"))
_FORGET = delete(ShadowFinding).where(ShadowFinding.article_id.in_(_NEWEST))  # one statement: every report asks


@dataclass(frozen=True)
class Sample:
    """One finding that nobody was told of, with the words around it."""

    article: int
    headline: str | None
    source: str
    severity: str
    prefix: str
    text: str
    suffix: str
    at: datetime


@dataclass(frozen=True)
class Seen:
    """What a rule would have flagged within ``DAYS``: how many findings, in how many stories, and the newest of them."""

    found: int
    flagged: int
    rows: tuple[Sample, ...]


def keep(session: Session, article_id: int, report_id: int, rows: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Puts what the shadow rules say (a report's findings) in place of what they said last, if the report is the newest."""
    session.flush()
    connection, report = session.connection(), {"article": article_id, "report": report_id}
    connection.execute(_FORGET, report)
    made = [_made(article_id, row, now) for row in rows if not row["suppressed"]]
    if made and connection.scalar(_NEWEST, report):
        connection.execute(insert(ShadowFinding), made)


def seen(session: Session, rule: str, now: datetime, sight: Sight) -> Seen:
    """What a rule found in the shadow, in the stories that somebody sees."""
    lately = (ShadowFinding.rule == rule, ShadowFinding.at >= now - timedelta(days=DAYS), *sight.findings(ShadowFinding))
    found, flagged = session.execute(select(func.count(), func.count(ShadowFinding.article_id.distinct())).where(*lately)).one()
    rows = session.execute(
        select(ShadowFinding, Article.headline, Source.name)
        .join(Article, Article.id == ShadowFinding.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(*lately)
        .order_by(ShadowFinding.id.desc())
        .limit(SAMPLES)
    )
    return Seen(found, flagged, tuple(_sample(*row) for row in rows))


def _made(article_id: int, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    same = {name: row[name] for name in ("rule", "version", "severity", "prefix", "suffix")}
    return same | {"article_id": article_id, "text": kept_text(row) or row["message"], "at": now}


def _sample(row: ShadowFinding, headline: str | None, source: str) -> Sample:
    return Sample(row.article_id, headline, source, row.severity, row.prefix, row.text, row.suffix, row.at)
