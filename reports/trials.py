"""Trials: a rule run over the stories of the last days, step by step, before it goes live. Nothing of a story changes by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from reports import jobs
from reports.errors import UnknownError
from reports.models import Article, Report, Source, Trial
from rules.core.submission import Submission

DAYS = (7, 30, 90, 365)
SAMPLES = 50  # findings that are kept to look at; the counts are of all
LEASE = timedelta(seconds=60)  # for some stories, which take a second or two


@dataclass(frozen=True)
class Story:
    """One story of a trial: its newest revision."""

    article_id: int
    headline: str | None
    source: str
    submission: Submission


def start(session: Session, rule: str, version: int, days: int, *, author: str, sources: Sequence[str], now: datetime) -> int:
    """A new trial over the stories that were last read within ``days``; a worker does the rest. Gives its number."""
    if days not in DAYS:
        raise UnknownError(f"A trial reads the stories of the last {', '.join(map(str, DAYS))} days.")
    since = now - timedelta(days=days)
    total = session.scalar(
        select(func.count()).select_from(Article).join(Source).join(Report, _newest()).where(*_meant(since, sources))
    )
    trial = Trial(
        rule=rule,
        version=version,
        since=since,
        total=total or 0,
        samples={"rows": [], "sources": list(sources)},
        author=author,
        started_at=now,
    )
    if not total:
        trial.state, trial.ended_at = "done", now
    session.add(trial)
    session.flush()
    return trial.id


def waiting(session: Session, now: datetime) -> list[int]:
    """The trials that nobody works on, though they are not at their end."""
    free = or_(Trial.lease_until.is_(None), Trial.lease_until <= now)
    return list(session.scalars(select(Trial.id).where(Trial.state == "running", free).order_by(Trial.id)))


def claim(session: Session, number: int, now: datetime) -> Trial | None:
    """Takes a trial for one step; None when it is at its end, or somebody else has it."""
    trial = session.get(Trial, number, with_for_update=True)
    if trial is None or trial.state != "running" or (trial.lease_until is not None and trial.lease_until > now):
        return None
    trial.lease_until = now + LEASE
    return trial


def next_stories(session: Session, trial: Trial, limit: int) -> list[Story]:
    """The stories that come next in a trial."""
    rows = session.execute(
        select(Article, Source.name)
        .join(Source)
        .join(Report, _newest())
        .where(*_meant(trial.since, trial.samples["sources"]), Article.id > trial.after)
        .order_by(Article.id)
        .limit(limit)
    ).all()
    found = []
    for article, source in rows:
        revision = jobs.newest_revision(session, article.id)
        if revision is not None:
            found.append(Story(article.id, article.headline or article.url, source, jobs.submission_of(revision)))
    return found


def advance(session: Session, number: int, read: Sequence[Story], found: Sequence[dict[str, Any]], now: datetime) -> bool:
    """Writes down some stories that were read, and the findings in them; whether that is all for the caller.

    It is when the trial is at its end, or when a lease ran out and somebody else has read these stories since: then nothing is
    written. Who reads on keeps the trial.
    """
    trial = session.get_one(Trial, number, with_for_update=True)
    if trial.state != "running":
        return True
    if read and read[0].article_id <= trial.after:
        return True
    trial.lease_until = now + LEASE
    trial.read += len(read)
    trial.found += len(found)
    trial.flagged += len({row["article"] for row in found})
    kept = [*trial.samples["rows"], *found][:SAMPLES]
    trial.samples = trial.samples | {"rows": kept}
    if read:
        trial.after = read[-1].article_id
        return False
    trial.state, trial.ended_at = "done", now
    return True


def release(session: Session, number: int) -> None:
    """Gives a trial back at the end of a step: the next one is anybody's."""
    session.get_one(Trial, number, with_for_update=True).lease_until = None


def fail(session: Session, number: int, error: str, now: datetime) -> None:
    """Ends a trial that cannot go on."""
    trial = session.get_one(Trial, number, with_for_update=True)
    trial.state, trial.error, trial.ended_at, trial.lease_until = "failed", error[:500], now, None


def get(session: Session, number: int) -> Trial:
    """A trial. Raises UnknownError."""
    found = session.get(Trial, number)
    if found is None:
        raise UnknownError("There is no such trial.")
    return found


def trials_of(session: Session, rule: str) -> list[Trial]:
    """The last trials of a rule, the newest first."""
    return list(session.scalars(select(Trial).where(Trial.rule == rule).order_by(Trial.id.desc()).limit(20)))


def _newest() -> ColumnElement[bool]:
    return and_(Report.id == Article.latest_report_id)


def _meant(since: datetime, sources: Sequence[str]) -> list[ColumnElement[bool]]:
    meant = [Report.as_of >= since, Article.withdrawn_at.is_(None)]
    return [*meant, Source.name.in_(sources)] if sources else meant
