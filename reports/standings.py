"""Stets that also hold for what comes: a rule in one article, or a rule's phrase wherever a source has it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reports import tallies
from reports.models import Article, Finding, Standing


def apply(session: Session, article: Article, findings: Sequence[Finding], now: datetime) -> None:
    """Lets those of ``findings`` stand, just arrived in ``article``, that an earlier stet speaks of."""
    arrived = [finding for finding in findings if finding.state in tallies.OPEN]
    if not arrived:
        return
    in_force = session.scalars(
        select(Standing)
        .where(
            Standing.source_id == article.source_id,
            Standing.rule.in_({finding.rule for finding in arrived}),
            Standing.ended_at.is_(None),
            or_(Standing.article_id.is_(None), Standing.article_id == article.id),
        )
        .order_by(Standing.id)
    ).all()
    for finding in arrived:
        standing = next((item for item in in_force if speaks_of(item, finding)), None)
        if standing is not None:
            _let_stand(session, finding, standing, now)


def speaks_of(standing: Standing, finding: Finding) -> bool:
    """Whether a standing holds for a finding of its source."""
    here = standing.article_id in (None, finding.article_id)
    return here and standing.rule == finding.rule and standing.text_hash in (None, finding.text_hash)


def _let_stand(session: Session, finding: Finding, standing: Standing, now: datetime) -> None:
    before, finding.state = finding.state, "stands"
    finding.judged, finding.reason, finding.judged_by = "stands", standing.reason, standing.actor
    finding.standing_id, finding.changed_at, finding.serial = standing.id, now, finding.serial + 1
    session.add(tallies.note(finding, "stet", before, now, batch_id=standing.batch_id, actor=standing.actor))
