"""What the CMSs are told: a message to each callback of the source, written in the transaction of what it tells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, event, or_, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.unitofwork import UOWTransaction

from reports.models import Article, Attempt, Callback, Event, Finding, Message, Report, Source
from reports.tallies import chunks
from rules.core.submission import time_text

REPORT_MADE, FINDINGS_CHANGED, GATE_DECIDED = "report.made", "findings.changed", "gate.decided"
# The pauses after a failed try that the Standard Webhooks specification recommends: ten tries over three days.
BACK_OFF = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
HELD = timedelta(seconds=60)  # how long a message is one sender's to send; a round of tries takes less
KEPT_FOR = timedelta(days=30)  # after the last try: long enough to look into what a CMS says it never got
FORGOTTEN_AT_ONCE = 500
DETAIL = 500  # characters of an answer that the log keeps
_CHANGES = "changes to tell"
_HEARING = select(Callback).where(Callback.source_id.in_(bindparam("sources", expanding=True)), Callback.ended_at.is_(None))


@dataclass(frozen=True)
class Due:
    """A message that is to be sent now: where, what, and signed with which secret."""

    message_id: int
    url: str
    secret: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """What came of a try. ``status`` is None when nobody answered."""

    status: int | None
    detail: str
    milliseconds: int

    @property
    def taken(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300


def report_made(session: Session, article: Article, report_id: int, now: datetime) -> None:
    """Tells that an article has a new report. The report goes whole, with what the desk says of each finding."""
    callbacks = _callbacks(session, {article.source_id}).get(article.source_id, [])
    if not callbacks:
        return
    session.flush()
    rows = session.execute(select(Finding.id, Finding.fingerprint, Finding.state).where(Finding.article_id == article.id))
    states = [{"id": number, "fingerprint": fingerprint, "state": state} for number, fingerprint, state in rows]
    data = {"article": _about(session, article), "report_id": report_id, "states": states}
    _write(session, callbacks, REPORT_MADE, data, now, report_id=report_id)


def gate_decided(session: Session, source_id: int, data: Mapping[str, Any], now: datetime) -> None:
    """Tells how a question to the gate ended that was answered with ``pending``."""
    callbacks = _callbacks(session, {source_id}).get(source_id, [])
    _write(session, callbacks, GATE_DECIDED, dict(data), now)


def watch(sessions: sessionmaker[Session]) -> None:
    """From now on every change of a finding that no report made is told, whoever made it, in the same transaction."""
    event.listen(sessions, "after_flush", _remember)
    event.listen(sessions, "before_commit", _tell)


def take_due(session: Session, now: datetime, limit: int) -> list[Due]:
    """Messages that are to be sent now; they are the caller's for ``HELD``, whoever else asks."""
    found = session.execute(
        select(Message, Callback)
        .join(Callback, Callback.id == Message.callback_id)
        .where(Message.state == "waiting", Message.next_at <= now, Callback.ended_at.is_(None))
        .order_by(Message.next_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
    ).all()
    for message, _ in found:
        message.next_at = now + HELD
    return [Due(message.id, callback.url, callback.secret, _body(session, message)) for message, callback in found]


def keep_attempt(session: Session, message_id: int, tried: Tried, now: datetime) -> None:
    """Writes down a try: the message is sent, or waits for the next, or is given up after the last.

    Nothing where the message has gone meanwhile, with the article that it told of.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        return
    session.add(
        Attempt(
            message_id=message_id,
            at=now,
            status=tried.status,
            detail=tried.detail[:DETAIL],
            milliseconds=tried.milliseconds,
        )
    )
    message.attempts += 1
    if tried.taken:
        message.state = "sent"
    elif tried.status == 410:  # the receiver says that it wants nothing any more
        message.state = "given-up"
        session.get_one(Callback, message.callback_id).ended_at = now
    elif message.attempts > len(BACK_OFF):
        message.state = "given-up"
    else:
        message.next_at = now + BACK_OFF[message.attempts - 1]


def forget(session: Session, now: datetime) -> int:
    """Removes messages, with their tries, that were sent or given up long ago, or whose callback has ended; how many."""
    ended = select(Callback.id).where(Callback.ended_at.is_not(None))
    over = or_(Message.state.in_(("sent", "given-up")), Message.callback_id.in_(ended))
    old = select(Message.id).where(over, Message.next_at < now - KEPT_FOR).limit(FORGOTTEN_AT_ONCE)
    found = list(session.scalars(old))
    session.execute(delete(Attempt).where(Attempt.message_id.in_(found)))
    session.execute(delete(Message).where(Message.id.in_(found)))
    return len(found)


def _remember(session: Session, _: UOWTransaction) -> None:
    changes = session.info.setdefault(_CHANGES, [])
    changes += [made for made in session.new if isinstance(made, Event) and made.report_id is None]


def _tell(session: Session) -> None:
    session.flush()
    changes: list[Event] = session.info.pop(_CHANGES, [])
    if not changes:
        return
    by_article: dict[int, list[Event]] = defaultdict(list)
    for change in changes:
        by_article[change.article_id].append(change)
    for article_ids in chunks(by_article):
        _tell_articles(session, {number: by_article[number] for number in article_ids})


def _tell_articles(session: Session, changes: Mapping[int, list[Event]]) -> None:
    articles = session.scalars(select(Article).where(Article.id.in_(changes))).all()
    callbacks = _callbacks(session, {article.source_id for article in articles})
    for article in articles:
        if heard := callbacks.get(article.source_id):
            made = changes[article.id]
            data = {"article": _about(session, article), "changes": [_change(session, change) for change in made]}
            _write(session, heard, FINDINGS_CHANGED, data, made[0].at)


def _change(session: Session, change: Event) -> dict[str, Any]:
    finding = session.get_one(Finding, change.finding_id)
    return {
        "finding": finding.id,
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "message": finding.message,
        "what": change.kind,
        "from": change.from_state,
        "to": change.to_state,
        "reason": finding.reason,
        "assignee": finding.assignee,
        "note": finding.note,
        "by": change.actor,
    }


def _about(session: Session, article: Article) -> dict[str, Any]:
    source = session.scalar(select(Source.name).where(Source.id == article.source_id))
    return {"id": article.id, "source": source, "external_id": article.external_id, "url": article.url}


def _callbacks(session: Session, source_ids: set[int]) -> dict[int, list[Callback]]:
    found: dict[int, list[Callback]] = defaultdict(list)
    for callback in session.scalars(_HEARING, {"sources": source_ids}):
        found[callback.source_id].append(callback)
    return found


def _write(
    session: Session,
    callbacks: Iterable[Callback],
    kind: str,
    data: dict[str, Any],
    now: datetime,
    *,
    report_id: int | None = None,
) -> None:
    session.add_all(
        Message(callback_id=callback.id, kind=kind, at=now, data=data, report_id=report_id, next_at=now) for callback in callbacks
    )


def _body(session: Session, message: Message) -> dict[str, Any]:
    """The same at every try: what was written down, and the report, which never changes."""
    data = dict(message.data)
    if message.report_id is not None:
        data["report"] = session.scalar(select(Report.body).where(Report.id == message.report_id))
    return {"type": message.kind, "timestamp": time_text(message.at), "data": data}
