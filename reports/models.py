"""What is kept. The store holds the truth; the queue only carries job numbers."""

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


class Base(DeclarativeBase):
    """The root of the tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


class Source(Base):
    """Where articles come from: a CMS with its signature secrets."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    secret_current: Mapped[str | None] = mapped_column(String(512))
    secret_next: Mapped[str | None] = mapped_column(String(512))  # the second of a rotation; both are good meanwhile
    origin: Mapped[str | None] = mapped_column(String(512))
    language: Mapped[str | None] = mapped_column(String(16))
    desk: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    keep_days: Mapped[int | None]  # after an article's last revision; None: for ever
    keep_html_days: Mapped[int | None]  # of revisions that are not the newest


class Article(Base):
    """One story, known by its source and external id, else by its address."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("source_id", "identity"),)
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
    content_kind: Mapped[str] = mapped_column(String(8))
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
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    outcome: Mapped[str | None] = mapped_column(String(16), index=True)  # None: on its way
    duplicates: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)  # duplicates with another body


class Job(Base):
    """Work on one revision. ``cause`` says why: a delivery, a due time, a person."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "rung_at"), Index(None, "state", "lease_until"))
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
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


class Finding(Base):
    """A finding's life across revisions: open, stands, false-alarm, fixed, retired, withdrawn, reopened."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("article_id", "fingerprint"), Index(None, "article_id", "state"))
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


class Refusal(Base):
    """A webhook call that was turned away: by whom it claimed to be, why, and the names of its headers; never its body."""

    __tablename__ = "refusal"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_name: Mapped[str] = mapped_column(String(64), index=True)
    refused_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    headers: Mapped[list[str]]


class User(Base):
    """A person who signs in at the desk."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    desk: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


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
    """Who did what, for the things that must be told later: refused writes, accounts, tokens."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]
