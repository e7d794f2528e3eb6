"""What people want to be told of, and the notices of what there is to tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.database import insert_new
from reports.errors import BadSubscriptionError, UnknownError
from reports.models import Article, Finding, Notice, Report, Source, Subscription, User
from reports.sight import Sight
from rules.core.findings import SEVERITIES

CHANNELS = ("mail", "webhook")
RHYTHMS = ("at-once", "digest")
AT_MOST = 10  # subscriptions of one person
MAX_ATTEMPTS = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))  # after each failure
LEASE = timedelta(minutes=5)  # for one message, of which no step may take over 20 s; then another scheduler may try
KEPT_FOR = timedelta(days=30)  # after it was sent or given up, so that its person can be told what became of it
IN_ONE = 200  # findings in one message; the rest goes into the next


@dataclass(frozen=True)
class Wish:
    """A subscription as its person filled it in. ``hour`` is the digest's, in ``zone``."""

    channel: str
    address: str
    rhythm: str = "at-once"
    hour: int = 8
    zone: str = "UTC"
    least: str = "warning"
    desk: str | None = None

    def check(self) -> None:
        """Raises BadSubscriptionError, in words for its author."""
        for name, value, known in (
            ("channel", self.channel, CHANNELS),
            ("rhythm", self.rhythm, RHYTHMS),
            ("severity", self.least, SEVERITIES),
        ):
            if value not in known:
                raise BadSubscriptionError(f"{value!r} is no {name}; they are {', '.join(known)}.")
        if not 0 <= self.hour <= 23:
            raise BadSubscriptionError("The digest's hour is a number from 0 to 23.")
        if self.zone not in available_timezones():
            raise BadSubscriptionError(f"{self.zone[:64]!r} is no time zone; write it like Europe/Berlin.")
        if self.channel == "mail":
            _check_mail(self.address)
        else:
            _check_hook(self.address)


@dataclass(frozen=True)
class Item:
    """One finding as a message tells it."""

    notice_id: int
    article_id: int
    headline: str
    source: str
    rule: str
    severity: str
    message: str
    text: str


@dataclass(frozen=True)
class Parcel:
    """What one subscription is told in one message; after ``held_until`` it is somebody else's to send."""

    subscription_id: int
    channel: str
    address: str
    name: str
    rhythm: str
    attempt: int
    held_until: datetime
    items: tuple[Item, ...]


def subscribe(session: Session, user_id: int, wish: Wish, now: datetime) -> Subscription:
    """A new subscription. Raises BadSubscriptionError."""
    wish.check()
    if len(subscriptions_of(session, user_id)) >= AT_MOST:
        raise BadSubscriptionError(f"A person has at most {AT_MOST}; remove one first.")
    made = Subscription(user_id=user_id, created_at=now, **{name: getattr(wish, name) for name in wish.__dataclass_fields__})
    session.add(made)
    session.flush()
    return made


def unsubscribe(session: Session, user_id: int, number: int) -> Subscription:
    """Ends one of a person's subscriptions; what was waiting is not sent. Raises UnknownError."""
    found = session.get(Subscription, number)
    if found is None or found.user_id != user_id:
        raise UnknownError("There is no such notification.")
    session.execute(delete(Notice).where(Notice.subscription_id == number))
    session.delete(found)
    return found


def subscriptions_of(session: Session, user_id: int) -> list[Subscription]:
    """A person's subscriptions, oldest first."""
    return list(session.scalars(select(Subscription).where(Subscription.user_id == user_id).order_by(Subscription.id)))


def last_notices(session: Session, numbers: Sequence[int]) -> dict[int, Notice]:
    """The notice of each subscription that was last sent or given up."""
    told = select(Notice).where(Notice.subscription_id.in_(numbers), Notice.state != "waiting").order_by(Notice.id)
    return {notice.subscription_id: notice for notice in session.scalars(told)}


def tell(session: Session, article: Article, report_id: int, findings: Iterable[Finding], now: datetime) -> int:
    """A notice of what a report brought, for everybody who wants to know; gives how many."""
    fresh = list(findings)
    if not fresh:
        return 0
    told = 0
    people = select(Subscription, User).join(User, User.id == Subscription.user_id).where(User.left_at.is_(None))
    for wanted, person in session.execute(people).all():
        if wanted.desk is not None and wanted.desk != article.desk:
            continue
        sight = Sight.of(person)
        if sight.desks and not sight.seen(session, [article.id]):
            continue
        due = due_at(wanted.rhythm, wanted.hour, wanted.zone, now)
        for finding in fresh:
            if SEVERITIES.index(finding.severity) <= SEVERITIES.index(wanted.least):
                told += _put(session, wanted.id, report_id, finding.id, due)
    return told


def due_at(rhythm: str, hour: int, zone: str, now: datetime) -> datetime:
    """When a finding of ``now`` is told: at once, or when the digest's hour next strikes where its person is."""
    if rhythm == "at-once":
        return now
    there = now.astimezone(ZoneInfo(zone))
    strikes = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (strikes if strikes > there else strikes + timedelta(days=1)).astimezone(now.tzinfo)


def take_due(session: Session, now: datetime) -> Parcel | None:
    """The next subscription with something due, all of it in one parcel, leased to the caller; None when nothing is due."""
    first = session.scalar(
        select(Notice.subscription_id)
        .where(Notice.state == "waiting", Notice.due_at <= now)
        .order_by(Notice.due_at, Notice.id)
        .limit(1)
    )
    if first is None:
        return None
    wanted = session.get_one(Subscription, first, with_for_update=True)
    due = session.scalars(
        select(Notice)
        .where(Notice.subscription_id == first, Notice.state == "waiting", Notice.due_at <= now)
        .order_by(Notice.id)
        .limit(IN_ONE)
        .with_for_update()
    ).all()
    if not due:  # another scheduler took them while we waited for the lock
        return None
    held_until = now + LEASE
    for notice in due:
        notice.attempts, notice.due_at = notice.attempts + 1, held_until
    session.flush()
    name = session.get_one(User, wanted.user_id).name
    attempt = max(notice.attempts for notice in due)
    items = tuple(_items(session, due))
    return Parcel(wanted.id, wanted.channel, wanted.address, name, wanted.rhythm, attempt, held_until, items)


def sent(session: Session, parcel: Parcel, now: datetime) -> None:
    """Marks a parcel as sent."""
    for notice in _of(session, parcel):
        notice.state, notice.sent_at, notice.error = "sent", now, None


def failed(session: Session, parcel: Parcel, error: str, now: datetime, *, permanent: bool) -> bool:
    """Puts a parcel back for later, or gives it up: at once where trying again is useless. Whether it was given up."""
    given_up = permanent or parcel.attempt >= MAX_ATTEMPTS
    for notice in _of(session, parcel):
        notice.error = error[:500]
        notice.state = "given-up" if given_up else "waiting"
        notice.due_at = now + PAUSES[min(parcel.attempt, len(PAUSES)) - 1]
    return given_up


def forget(session: Session, now: datetime) -> int:
    """Removes the notices that were sent or given up long ago; how many."""
    old = delete(Notice).where(Notice.state.in_(("sent", "given-up")), Notice.due_at < now - KEPT_FOR)
    return session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def _of(session: Session, parcel: Parcel) -> Sequence[Notice]:
    """Its notices, but for those that somebody else has taken since: they are held until another moment."""
    numbers = [item.notice_id for item in parcel.items]
    held = (Notice.id.in_(numbers), Notice.state == "waiting", Notice.due_at == parcel.held_until)
    return session.scalars(select(Notice).where(*held)).all()


def _put(session: Session, subscription_id: int, report_id: int, finding_id: int, due: datetime) -> int:
    values = {"subscription_id": subscription_id, "report_id": report_id, "finding_id": finding_id, "due_at": due}
    unique = ("subscription_id", "report_id", "finding_id")
    return int(insert_new(session, Notice, values | {"state": "waiting", "attempts": 0}, unique) is not None)


def _items(session: Session, notices: Iterable[Notice]) -> Iterable[Item]:
    numbers = [notice.id for notice in notices]
    rows = session.execute(
        select(Notice.id, Article.id, Article.headline, Article.url, Source.name, Finding)
        .join(Finding, Finding.id == Notice.finding_id)
        .join(Report, Report.id == Notice.report_id)
        .join(Article, Article.id == Report.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(Notice.id.in_(numbers))
        .order_by(Article.id, Notice.id)
    )
    for number, article_id, headline, url, source, finding in rows:
        shown = headline or url or "Without a headline"
        yield Item(number, article_id, shown, source, finding.rule, finding.severity, finding.message, finding.text)


def _check_mail(address: str) -> None:
    try:
        host = Address(addr_spec=address).domain if address.isprintable() and len(address) <= 254 else ""
    except (ValueError, IndexError, MessageError):
        host = ""
    if "." not in host.strip(".") and host != "localhost":
        raise BadSubscriptionError("That is no mail address; write it like ada@example.com.")


def _check_hook(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0 and not parts.username
    except ValueError:
        is_good = False
    if not is_good or not address.isascii() or not address.isprintable() or len(address) > 500 or " " in address:
        raise BadSubscriptionError("The webhook's address must be https://… (or http://…), without a name and password in it.")
