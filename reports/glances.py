"""What the queue says of each article at a glance: its gravest findings of the tab, in their own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from reports.models import Finding
from reports.queue import BY_HARM, IS_OPEN, IS_SNOOZED
from rules.core.findings import SEVERITIES

EACH = 3  # findings of an article


@dataclass(frozen=True)
class Glance:
    """One finding in a line."""

    severity: str
    message: str
    text: str
    cause: str
    state: str
    rule: str
    assignee: str | None
    snoozed_until: datetime | None


def glances(session: Session, article_ids: Sequence[int], tab: str = "new") -> dict[int, list[Glance]]:
    """The gravest findings of every article that a tab is about, by the article's id: at most ``EACH``."""
    harm = case({severity: rank for rank, severity in enumerate(SEVERITIES)}, value=Finding.severity, else_=len(SEVERITIES))
    names = ("severity", "message", "text", "cause", "state", "rule", "assignee", "snoozed_until")
    told = (getattr(Finding, name) for name in names)
    about = [IS_OPEN] if tab in BY_HARM else [IS_SNOOZED] if tab == "snoozed" else []
    rows = session.execute(
        select(Finding.article_id, *told).where(Finding.article_id.in_(article_ids), *about).order_by(harm, Finding.id)
    )
    found: dict[int, list[Glance]] = {article_id: [] for article_id in article_ids}
    for article_id, *rest in rows:
        if len(found[article_id]) < EACH:
            found[article_id].append(Glance(*rest))
    return found
