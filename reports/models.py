"""What is kept. The store holds the truth; the queue only carries job numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A time with its offset, kept in UTC on every database (SQLite itself keeps no offsets)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC; refuses a time without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without an offset cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """With its offset, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


COUNTED_BY = ("section", "desk", "source_id", "open_errors", "open_warnings", "open_notes")  # what a tab is counted by


def _where(condition: str) -> dict[str, Any]:
    """A partial index's condition. Queries that should use the index say it in the same literal words (reports.queue)."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _queue(name: str, condition: str, *columns: str, told: Sequence[str] = ()) -> Index:
    """The index behind one tab of the queue: the articles that are in it, in the tab's order.

    ``told`` are columns that it holds too, so that PostgreSQL counts under a filter by them without the articles' rows.
    """
    return Index(f"ix_article_queue_{name}", *columns, "id", postgresql_include=list(told), **_where(condition))


def _by_text(column: str) -> Index:
    """An index to find an article by a text of any length: PostgreSQL's usual one refuses rows over some 2,700 bytes."""
    return Index(f"ix_article_{column}", column, postgresql_using="hash")


class Base(DeclarativeBase):
    """The root of the tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


class Source(Base):
    """Where articles come from: a CMS with its signature secrets.

    ``options`` are the kind's own (header names, paths into its JSON, …), ``rules`` what is run: ``select`` and ``ignore``.
    """

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    secret_current: Mapped[str | None] = mapped_column(String(512))
    secret_next: Mapped[str | None] = mapped_column(String(512))  # the second of a rotation; both are good meanwhile
    origin: Mapped[str | None] = mapped_column(String(512))  # where its pages are fetched from; several with spaces
    language: Mapped[str | None] = mapped_column(String(16))
    desk: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reconcile_at: Mapped[datetime | None]  # when to look next for what no webhook brought; None: only when told to
    reconciled_at: Mapped[datetime | None]  # the last look that came to its end
    removed_at: Mapped[datetime | None]  # its articles stay; its webhook is gone
    keep_days: Mapped[int | None]  # after an article's last revision; None: for ever
    keep_html_days: Mapped[int | None]  # of revisions that are not the newest
    keep_payload_days: Mapped[int | None]  # bodies of calls; None: reports.payloads.KEPT_FOR
    keep_report_days: Mapped[int | None]  # of what reports say, the newest of each article left out
    keep_log_days: Mapped[int | None]  # deliveries that have ended, with their jobs


class Article(Base):
    """One story, known by its source and external id, else by its address."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("source_id", "identity"),
        _by_text("url"),
        _by_text("external_id"),
        _queue("new", "open_new > 0", "worst", "arrived_at", told=COUNTED_BY),
        _queue("back", "open_back > 0", "worst", "arrived_at", told=COUNTED_BY),
        _queue("timed", "open_timed > 0", "worst", "arrived_at", told=COUNTED_BY),
        _queue("snoozed", "snoozed > 0", "last_activity"),
        _queue("done", "findings > 0 AND worst = 0 AND snoozed = 0", "last_activity"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    identity: Mapped[str] = mapped_column(String(128))  # "id:…" or "url:sha256", or "body:sha256" where there is neither
    external_id: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    headline: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_key: Mapped[str | None] = mapped_column(String(64))  # an older revision does not bring it back
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # when a rule will first say something new
    latest_report_id: Mapped[int | None]  # no foreign key: the two tables would need each other
    created_at: Mapped[datetime]
    # what the queue sorts and counts by; reports.tallies alone writes the numbers
    section: Mapped[str | None] = mapped_column(Text, index=True)
    byline: Mapped[str | None] = mapped_column(Text, index=True)
    desk: Mapped[str | None] = mapped_column(String(64), index=True)  # the submission's, else the source's
    worst: Mapped[int] = mapped_column(default=0)  # of the open findings: 3 error, 2 warning, 1 note, 0 none
    open_errors: Mapped[int] = mapped_column(default=0)
    open_warnings: Mapped[int] = mapped_column(default=0)
    open_notes: Mapped[int] = mapped_column(default=0)
    open_new: Mapped[int] = mapped_column(default=0)  # every open finding is one of these three: new,
    open_back: Mapped[int] = mapped_column(default=0)  # came back (state reopened),
    open_timed: Mapped[int] = mapped_column(default=0)  # appeared with time (cause due)
    snoozed: Mapped[int] = mapped_column(default=0)
    findings: Mapped[int] = mapped_column(default=0)  # in any state
    # when a report last brought an open finding; a verdict does not move it
    arrived_at: Mapped[datetime | None] = mapped_column(index=True)
    # when a finding last changed, by whomever
    last_activity: Mapped[datetime | None] = mapped_column(index=True)


class Sketch(Base):
    """One number of an article's sketch (rules.core.similarity): articles that share many of them are alike."""

    __tablename__ = "sketch"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)


class Revision(Base):
    """One state of an article's content."""

    __tablename__ = "revision"
    __table_args__ = (Index(None, "article_id", "order_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)  # UTF-8
    content_kind: Mapped[str] = mapped_column(String(8))  # "fetch": the page is still to be fetched
    content_hash: Mapped[str] = mapped_column(String(64))
    meta: Mapped[dict[str, Any]]
    order_key: Mapped[str] = mapped_column(String(64))  # sorts revisions of one article as their sender ordered them
    received_at: Mapped[datetime]


class Delivery(Base):
    """One accepted webhook call or submission; it ends in exactly one outcome."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("source_id", "delivery_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    delivery_id: Mapped[str] = mapped_column(String(256))
    body_sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    outcome: Mapped[str | None] = mapped_column(String(16), index=True)  # None: on its way
    superseded_by: Mapped[int | None]  # the revision; no foreign key, which SQLite adds only by writing the table anew
    duplicates: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)  # duplicates with another body


class Payload(Base):
    """A delivery's body as it came, for the log and for delivering it again; kept for a while."""

    __tablename__ = "payload"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)  # zlib
    content_type: Mapped[str] = mapped_column(String(128))
    headers: Mapped[dict[str, Any]]  # only those that the kind reads, never one that proves who sent it
    kept_at: Mapped[datetime] = mapped_column(index=True)


class Job(Base):
    """Work on one revision. ``cause`` says why: a delivery, a due time, a person."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "rung_at"), Index(None, "state", "lease_until"))
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    cause: Mapped[str] = mapped_column(String(16), default="delivery")
    state: Mapped[str] = mapped_column(String(16), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    rung_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class Report(Base):
    """What a check said of a revision at a time."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("revision_id", "ruleset", "as_of"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    ruleset: Mapped[str] = mapped_column(String(80))
    as_of: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    forgotten: Mapped[bool] = mapped_column(default=False)  # its time is over: the body is empty


class Finding(Base):
    """A finding's life across revisions: open, stands, false-alarm, fixed, retired, withdrawn, reopened."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("article_id", "fingerprint"),
        Index(None, "article_id", "state"),
        Index(None, "rule", "state", "article_id"),
        Index(None, "assignee", "state"),
        Index(None, "desk", "state"),
        Index(None, "snoozed_until"),
        Index(None, "changed_at"),
        Index(None, "standing_id"),
        Index(
            "ix_finding_open_place",
            "source_id",
            "rule",
            "place",
            "article_id",
            **_where("state IN ('open', 'reopened') AND place <> ''"),
        ),
        Index("ix_finding_open_fault", "source_id", "rule", "text_hash", "article_id", **_where("state IN ('open', 'reopened')")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    severity: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    message: Mapped[str] = mapped_column(Text)
    first_report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    last_report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    changed_at: Mapped[datetime]
    cause: Mapped[str] = mapped_column(String(16), default="delivery")  # of the job that first found it; "due": with time
    source_id: Mapped[int] = mapped_column(default=0)  # its article's, copied here for the index of incidents
    text: Mapped[str] = mapped_column(Text, default="")  # the flagged text, at most reports.faults.KEPT characters of it
    text_hash: Mapped[str] = mapped_column(String(32), default="")  # of the normalised text: the same fault elsewhere
    place: Mapped[str] = mapped_column(String(32), default="", server_default="")  # hash of its place in the template; "": none
    appeared_at: Mapped[datetime | None]
    serial: Mapped[int] = mapped_column(default=1)  # rises with every change; a verdict names the one it saw
    judged: Mapped[str | None] = mapped_column(String(16))  # the desk's last word, stands or false-alarm; outlives "fixed"
    reason: Mapped[str | None] = mapped_column(String(16))  # of a stet
    judged_by: Mapped[str | None] = mapped_column(String(64))
    snoozed_until: Mapped[datetime | None]  # stands until then, and comes back
    standing_id: Mapped[int | None]  # the standing that judged it, where one did
    assignee: Mapped[str | None] = mapped_column(String(64))
    desk: Mapped[str | None] = mapped_column(String(64))  # assigned to; None: its article's
    note: Mapped[str | None] = mapped_column(Text)


class Recurrence(Base):
    """A fault that was open in many articles of a source, by its text or by its place in the template (reports.recurrences)."""

    __tablename__ = "recurrence"
    source_id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)  # a key of reports.recurrences.SPREADS
    hash: Mapped[str] = mapped_column(String(32), primary_key=True)


class Batch(Base):
    """What a person did at once, to one finding or many; it is undone at once."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(16))  # reports.verdicts.ACTIONS
    count: Mapped[int]  # findings that it changed
    articles: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(64))


class Verdict(Base):
    """A person's word on one finding. Never deleted: what was undone says so, what came second was not applied."""

    __tablename__ = "verdict"
    __table_args__ = (Index(None, "finding_id", "id"), Index(None, "to_state", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    scope: Mapped[str | None] = mapped_column(String(8))  # of a stet: finding, article, phrase, until
    until: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any]]  # what the finding was, to go back to
    applied: Mapped[bool]  # False: somebody else had judged first; theirs stands, this one is kept beside it
    serial: Mapped[int]  # of the finding after this verdict
    undone_at: Mapped[datetime | None]


class Standing(Base):
    """A stet that also holds for what comes: a rule in an article, or a rule's phrase on a source."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "source_id", "rule", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))  # None: the whole source
    rule: Mapped[str] = mapped_column(String(64))
    text_hash: Mapped[str | None] = mapped_column(String(32))  # None: whatever the text
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(64))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Event(Base):
    """One change of a finding, for the article's timeline: what came, what went, what came back, and by which report or whom."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "article_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # appeared, came-back, fixed, retired, withdrawn, woke, or a verdict's action
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    actor: Mapped[str | None] = mapped_column(String(64))


class SavedView(Base):
    """A person's name for a state of the queue: its tab, filters and search."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(64))
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Refusal(Base):
    """A webhook call that was turned away: by whom it claimed to be, why, and the names of its headers; never its body."""

    __tablename__ = "refusal"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_name: Mapped[str] = mapped_column(String(64), index=True)
    refused_at: Mapped[datetime]
    status: Mapped[int] = mapped_column(default=401)  # 200: understood, and of no concern here
    reason: Mapped[str] = mapped_column(Text)
    headers: Mapped[list[str]]


class User(Base):
    """A person who signs in at the desk."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)  # "": signs in elsewhere, by OpenID Connect
    role: Mapped[str] = mapped_column(String(16))
    desk: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    subject: Mapped[str | None] = mapped_column(
        String(64), unique=True, index=True
    )  # hash of issuer and subject at the identity provider
    email: Mapped[str | None] = mapped_column(Text)
    sees: Mapped[list[str] | None]  # the desks whose stories they see; none: every desk's (reports.sight)
    zone: Mapped[str | None] = mapped_column(String(64))  # of the times on their pages; None: the newsroom's
    left_at: Mapped[datetime | None]  # may not sign in any more; the name stays in what they did


class Token(Base):
    """A program's key to the API; only its hash is kept."""

    __tablename__ = "token"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(64))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Meter(Base):
    """A count that no other table holds, for the metrics."""

    __tablename__ = "meter"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    label: Mapped[str] = mapped_column(String(64), primary_key=True)
    amount: Mapped[float] = mapped_column(Double)


class Audit(Base):
    """Who did what, for the things that must be told later: every change that a person makes, and refused writes."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]


class SignIn(Base):
    """A person's sign-in in one browser: the cookie carries a secret of which only the hash is kept, so that it can be ended."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    way: Mapped[str] = mapped_column(String(8))  # password or oidc
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Route(Base):
    """Which desk a story goes to: the first route, by position, all of whose conditions hold. None: any."""

    __tablename__ = "route"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    source: Mapped[str | None] = mapped_column(String(64))
    section: Mapped[str | None] = mapped_column(String(128))
    byline: Mapped[str | None] = mapped_column(String(128))
    desk: Mapped[str] = mapped_column(String(64))


class Subscription(Base):
    """What a person wants to be told of, where, and when."""

    __tablename__ = "subscription"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))  # mail or webhook
    address: Mapped[str] = mapped_column(Text)
    rhythm: Mapped[str] = mapped_column(String(8))  # at-once or digest
    hour: Mapped[int]  # of the digest, in ``zone``
    zone: Mapped[str] = mapped_column(String(64))
    least: Mapped[str] = mapped_column(String(8))  # the lowest severity that is told
    desk: Mapped[str | None] = mapped_column(String(64))  # None: every desk's stories
    created_at: Mapped[datetime]


class Notice(Base):
    """One finding to tell one subscription of. It is sent, or given up after ``attempts`` with its error."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("subscription_id", "report_id", "finding_id"), Index(None, "state", "due_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id", ondelete="CASCADE"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")  # waiting, sent, given-up
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class RuleSetting(Base):
    """How one rule is run on one source, or on all others (``""``): the newest row counts, those before it are history."""

    __tablename__ = "rule_setting"
    __table_args__ = (Index(None, "rule", "source", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64), default="")
    mode: Mapped[str] = mapped_column(String(8))  # reports.rulebook.MODES
    ceiling: Mapped[str | None] = mapped_column(String(8))  # its findings carry no more than this; None: as the rule says
    author: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ShadowFinding(Base):
    """What a rule in the shadow would have flagged in an article's newest revision."""

    __tablename__ = "shadow_finding"
    __table_args__ = (Index(None, "rule", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    rule: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    severity: Mapped[str] = mapped_column(String(8))
    prefix: Mapped[str] = mapped_column(Text)  # what stands before the text, as in the report
    text: Mapped[str] = mapped_column(Text)  # at most reports.faults.KEPT characters; the message where nothing is there to flag
    suffix: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class HouseRule(Base):
    """A rule that the newsroom wrote: its name for good, and which of its versions is run, if one is."""

    __tablename__ = "house_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    live: Mapped[int | None]  # the number of the version that is run
    created_at: Mapped[datetime]


class HouseVersion(Base):
    """One state of a house rule, with its author and their reason; never changed."""

    __tablename__ = "house_version"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("house_rule.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]  # what rules.core.house.Definition reads
    author: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(String(64))


class Trial(Base):
    """A rule tried against the stored stories before it goes live: how far it is, and what it would have flagged."""

    __tablename__ = "trial"
    __table_args__ = (Index(None, "rule", "id"), Index(None, "state", "lease_until"))
    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    since: Mapped[datetime]  # stories that were last read after this
    state: Mapped[str] = mapped_column(String(8), default="running")  # running, done, failed
    total: Mapped[int]
    read: Mapped[int] = mapped_column(default=0)
    flagged: Mapped[int] = mapped_column(default=0)  # stories
    found: Mapped[int] = mapped_column(default=0)  # findings
    after: Mapped[int] = mapped_column(default=0)  # the last article that was read; the next step goes on behind it
    samples: Mapped[dict[str, Any]]  # "rows": the first findings, with their story and the words around them
    error: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]


class DemotionLimit(Base):
    """From which share of false alarms, of how many verdicts, a rule is demoted to note by itself: the newest row counts."""

    __tablename__ = "demotion_limit"
    id: Mapped[int] = mapped_column(primary_key=True)
    share: Mapped[float]  # 0 to 1
    least: Mapped[int]  # verdicts
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Reply(Base):
    """The answer of the API under an idempotency key; without an answer the call is still under way."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("token_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"))
    key: Mapped[str] = mapped_column(String(200))
    asked: Mapped[str] = mapped_column(String(64))  # sha256 of method, path and body
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    content_type: Mapped[str | None] = mapped_column(String(128))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


class Callback(Base):
    """Where a source's CMS wants to be told: an address, and the secret that the messages are signed with."""

    __tablename__ = "callback"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(512))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # removed by a person, or by its own 410


class Message(Base):
    """One message to one callback, written in the transaction of what it tells, and sent until it is taken."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "state", "next_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callback.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))  # told whole; read when it is sent
    state: Mapped[str] = mapped_column(String(16), default="waiting")  # waiting, sent, given-up
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]


class Attempt(Base):
    """One try to send a message: what came back."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    status: Mapped[int | None]  # None: nobody answered
    detail: Mapped[str] = mapped_column(Text)
    milliseconds: Mapped[int]


class GatePolicy(Base):
    """What keeps a source's story from being published, and what holds when nobody could tell in time."""

    __tablename__ = "gate_policy"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), unique=True)
    fail_on: Mapped[str] = mapped_column(String(8))  # the least severity that fails, or never
    rules: Mapped[list[str]]  # rules that fail at any severity
    ignore: Mapped[list[str]]  # rules that never fail
    when_late: Mapped[str] = mapped_column(String(8))  # open: publish; closed: do not


class GateCheck(Base):
    """One question to the gate, and what was answered."""

    __tablename__ = "gate_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))  # the published one, whose verdicts count
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), index=True)
    policy: Mapped[dict[str, Any]]  # as it was when the question came
    asked_at: Mapped[datetime]
    pending: Mapped[bool] = mapped_column(default=False)  # the asker was told to wait for a message
    verdict: Mapped[str | None] = mapped_column(String(8))  # pass, fail, or unread
    reasons: Mapped[dict[str, Any] | None]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
