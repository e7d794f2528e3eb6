"""What the list of articles says of each at a glance: its gravest findings, in their own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from reports.models import Finding
from reports.queries import SEVERITIES
from reports.tallies import OPEN


@dataclass(frozen=True)
class Glance:
    """One open finding in a line."""

    severity: str
    message: str
    cause: str


def glances(session: Session, article_ids: Sequence[int], each: int = 3) -> dict[int, list[Glance]]:
    """The ``each`` gravest open findings of every article, by the article's id."""
    harm = case({severity: rank for rank, severity in enumerate(SEVERITIES)}, value=Finding.severity, else_=len(SEVERITIES))
    rows = session.execute(
        select(Finding.article_id, Finding.severity, Finding.message, Finding.cause)
        .where(Finding.article_id.in_(article_ids), Finding.state.in_(OPEN))
        .order_by(harm, Finding.id)
    )
    found: dict[int, list[Glance]] = {article_id: [] for article_id in article_ids}
    for article_id, severity, message, cause in rows:
        if len(found[article_id]) < each:
            found[article_id].append(Glance(severity, message, cause))
    return found
