"""Taking a delivery in: delivery, revision and job in one transaction, or a duplicate."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from reports import tallies
from reports.database import insert_new, insert_row
from reports.jobs import TO_FETCH
from reports.models import Article, Delivery, Finding, Job, Revision, Source
from reports.payloads import Kept, keep_payload, pack
from rules.core.decoding import storable
from rules.core.submission import Metadata, Submission, parse_time

Event = Literal["publish", "withdraw"]
SAYS_LANGUAGE = re.compile(rb"<html[^>]*\slang\s*=", re.IGNORECASE)
_NUMBER = re.compile(r"~(\d+)")  # behind a text's id; a redelivery's has a word of its own there
HEAD = 4_096  # bytes in which a page's <html> stands
# Made once, and run as rows and not as objects: a sender waits for them, and nobody reads the objects in this session.
_KNOWN = (
    select(Article)
    .where(Article.source_id == bindparam("source"), Article.identity == bindparam("identity"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ATTACH = (
    update(Delivery).where(Delivery.id == bindparam("delivery")).values(article_id=bindparam("article"), outcome=bindparam("how"))
)


@dataclass(frozen=True)
class Accepted:
    """What became of a delivery at the door. ``conflict``: a duplicate by its id whose body is another."""

    key: int  # of the delivery's row
    job_id: int | None
    article_id: int | None
    status: Literal["accepted", "duplicate"]
    conflict: bool = False
    kept_as: str = ""  # the delivery's id: the sender's own, or one with a number behind it


@dataclass(frozen=True)
class Incoming:
    """What was sent: the sender's ``delivery_id``, the digest of its body, and the article in it.

    ``submission`` is None when there is no body to lint; such a delivery ends here, as does a withdrawal, unless the page
    is to be fetched from ``url`` (``fetch``). Not ``dated``: the id is made from a body that would be the same at a later
    edit; it is then a duplicate only while nothing else came in between. ``ordered_at``: when it first came, if not now.
    ``payload``: the call that brought it, where it is kept. ``cause``: of the job, ``reports.jobs.SWEPT`` for what nobody waits
    for.
    """

    delivery_id: str
    body_sha256: str
    submission: Submission | None
    metadata: Metadata
    url: str | None = None
    event: Event = "publish"
    fetch: bool = False
    dated: bool = True
    ordered_at: datetime | None = None
    payload: Kept | None = None
    cause: str = "delivery"

    def completed(self, source: Source) -> "Incoming":
        """The same with the language that its source writes in, where it names none itself; a page to fetch is an empty one."""
        content = self.submission.content if self.submission else None
        language = self.metadata.language if content is None else language_of(source, self.metadata, content)
        metadata = replace(self.metadata, language=language)
        submission = self.submission and replace(self.submission, metadata=metadata)
        if self.fetch and self.url and submission is None:
            submission = Submission("", url=self.url, metadata=metadata)
        return replace(self, metadata=metadata, submission=submission)

    @property
    def identity(self) -> str:
        """What its article is known by."""
        return identity_of(self.metadata, self.url, self.submission)


def accept(session: Session, source: Source, incoming: Incoming, now: datetime) -> Accepted:
    """Stores a delivery once, by the sender's id; the caller commits, and rings for the job after that."""
    incoming = incoming.completed(source)
    submission = incoming.submission
    content = _raw(submission) if submission else {}  # here, and not later, when every other writer waits
    packed = pack(incoming.payload) if incoming.payload else None
    number = incoming.delivery_id if incoming.dated else _numbered(session, source, incoming)
    values = {"source_id": source.id, "delivery_id": number, "body_sha256": incoming.body_sha256, "received_at": now}
    key = insert_new(session, Delivery, values | {"duplicates": 0, "conflicts": 0}, ("source_id", "delivery_id"))
    if key is None:
        return _duplicate(session, source, number, incoming.body_sha256)
    if packed is not None:
        keep_payload(session, key, packed, now)
    article_id, known = _article(session, source, incoming, now)
    order_key = order_of(incoming.metadata, incoming.ordered_at or now)
    if incoming.event == "withdraw":
        _withdraw(session, known or session.get_one(Article, article_id), order_key, now)
        return _end(session, key, article_id, "withdrawn", number)
    if submission is None:
        return _end(session, key, article_id, "no-body", number)
    if known is not None and known.withdrawn_at and order_key > (known.withdrawn_key or ""):
        known.withdrawn_at = known.withdrawn_key = None
    kind = TO_FETCH if incoming.fetch and not submission.content else submission.kind
    values = {**content, "article_id": article_id, "content_kind": kind, "order_key": order_key, "received_at": now}
    revision_id = insert_row(session, Revision, values)
    job = {"article_id": article_id, "revision_id": revision_id, "delivery_id": key, "cause": incoming.cause}
    job_id = insert_row(session, Job, job | {"queued_at": now, "rung_at": now})
    _attach(session, key, article_id)
    return Accepted(key, job_id, article_id, "accepted", kept_as=number)


def order_of(metadata: Metadata, received_at: datetime) -> str:
    """A text that sorts an article's revisions as their sender does: by number, else by time of change, else by arrival."""
    number, changed = 0, metadata.modified_at
    if metadata.revision and re.fullmatch(r"\d{1,18}", metadata.revision):
        number = int(metadata.revision)
    elif metadata.revision:
        try:
            changed = parse_time(metadata.revision)
        except ValueError:
            pass  # a revision that is neither a number nor a time says nothing of order
    when = (changed or metadata.published_at or received_at).astimezone(UTC)
    return f"{number:018d} {when:%Y-%m-%dT%H:%M:%S.%f}"


def identity_of(metadata: Metadata, url: str | None, submission: Submission | None) -> str:
    """What an article of a source is known by: its external id, else its address, else its first body."""
    if metadata.external_id:
        return "id:" + _digest(metadata.external_id)
    if url:
        return "url:" + _digest(url)
    return "body:" + _digest(submission.content if submission else "")


def language_of(source: Source, metadata: Metadata, content: str | bytes) -> str | None:
    """The article's own language, else its source's, where the page does not say one either."""
    head = content[:HEAD].encode("utf-8", "replace") if isinstance(content, str) else content[:HEAD]
    return metadata.language or (None if SAYS_LANGUAGE.search(head) else source.language)


def _numbered(session: Session, source: Source, incoming: Incoming) -> str:
    """The id with a number where the same body came before and something else, or a fetch, has happened since."""
    delivery_id = incoming.delivery_id
    newest = session.execute(
        select(Delivery.delivery_id, Job.state, Delivery.article_id)
        .join(Article, Article.id == Delivery.article_id)
        .outerjoin(Job, Job.delivery_id == Delivery.id)
        .where(Article.source_id == source.id, Article.identity == incoming.identity)
        .order_by(Delivery.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return delivery_id
    last, state, article_id = newest
    if last.partition("~")[0] == delivery_id and not (incoming.fetch and state not in (None, "queued")):
        return str(last)
    same = (Delivery.article_id == article_id, Delivery.delivery_id.startswith(delivery_id, autoescape=True))
    known = session.scalars(select(Delivery.delivery_id).where(*same)).all()
    numbers = [int(found[1]) for one in known if (found := _NUMBER.match(one, len(delivery_id)))]
    return f"{delivery_id}~{max(numbers, default=0) + 1}" if known else delivery_id  # no count: some may have been forgotten


def _duplicate(session: Session, source: Source, delivery_id: str, body_sha256: str) -> Accepted:
    known = session.scalars(select(Delivery).where(Delivery.source_id == source.id, Delivery.delivery_id == delivery_id)).one()
    conflict = known.body_sha256 != body_sha256
    session.execute(
        update(Delivery)
        .where(Delivery.id == known.id)
        .values(duplicates=Delivery.duplicates + 1, conflicts=Delivery.conflicts + int(conflict))
    )
    return Accepted(known.id, None, known.article_id, "duplicate", conflict, delivery_id)


def _article(session: Session, source: Source, incoming: Incoming, now: datetime) -> tuple[int, Article | None]:
    """The article's number, and what is known of it where it was here before, locked."""
    identity, metadata = incoming.identity, incoming.metadata
    values = {
        "source_id": source.id,
        "identity": identity,
        "external_id": _text(metadata.external_id),
        "url": _text(incoming.url),
        "headline": _text(metadata.headline),
        "created_at": now,
    }
    made = insert_new(session, Article, values, ("source_id", "identity"))
    if made is not None:
        return made, None
    known = session.scalars(_KNOWN, {"source": source.id, "identity": identity}).one()
    return known.id, known


def _digest(content: str | bytes) -> str:
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()


def _raw(submission: Submission) -> dict[str, object]:
    """What a revision keeps of a submission."""
    content = submission.content
    raw = storable(content).encode() if isinstance(content, str) else content
    return {"content": raw, "content_hash": hashlib.sha256(raw).hexdigest(), "meta": _meta(submission)}


def _meta(submission: Submission) -> dict[str, object]:
    said: dict[str, object] = {"url": _text(submission.url), "metadata": submission.metadata.to_mapping()}
    if submission.charset and submission.kind == "auto":
        said["charset"] = submission.charset
    return said | {"rendered": True} if submission.rendered else said


def _withdraw(session: Session, article: Article, order_key: str, now: datetime) -> None:
    """Closes the article's findings, unless a newer revision was published since."""
    newest = session.scalar(
        select(Revision.order_key).where(Revision.article_id == article.id).order_by(Revision.order_key.desc())
    )
    if newest is not None and newest > order_key:
        return
    article.withdrawn_at, article.withdrawn_key, article.due_at = now, order_key, None
    opened = select(Finding).where(Finding.article_id == article.id, Finding.state.in_(tallies.OPEN))
    for finding in session.scalars(opened).all():
        before, finding.state = finding.state, "withdrawn"
        finding.changed_at, finding.serial = now, finding.serial + 1
        session.add(tallies.note(finding, "withdrawn", before, now))
    tallies.recount(session, [article.id], now)


def _end(session: Session, key: int, article_id: int, outcome: str, delivery_id: str) -> Accepted:
    _attach(session, key, article_id, outcome)
    return Accepted(key, None, article_id, "accepted", kept_as=delivery_id)


def _attach(session: Session, key: int, article_id: int, outcome: str | None = None) -> None:
    session.connection().execute(_ATTACH, {"delivery": key, "article": article_id, "how": outcome})


def _text(value: str | None) -> str | None:
    return storable(value) if value is not None else None
