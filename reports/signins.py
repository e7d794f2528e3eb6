"""Sign-ins: one row for each browser, so that a person sees theirs and anybody's can be ended at once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reports.errors import UnknownError
from reports.models import SignIn, User

IDLE = timedelta(hours=12)  # a shift and its overtime
LONGEST = timedelta(days=7)  # then once more by password, however busy (OWASP ASVS 5.0, 7.3.2)
TOUCH = timedelta(minutes=1)  # so that not every page and call that only reads writes to the store
KEPT = timedelta(days=30)  # a sign-in that ended, for whoever asks where they had been signed in


def start(session: Session, user: User, way: str, now: datetime, *, address: str | None, agent: str) -> str:
    """A new sign-in; gives the secret that the cookie carries. Those that ended long ago are forgotten."""
    secret = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.seen_at < now - KEPT))
    session.add(
        SignIn(
            user_id=user.id,
            hash=_digest(secret),
            way=way,
            address=(address or "")[:64] or None,
            agent=agent.encode("utf-8", "replace").decode()[:200].replace("\0", ""),
            created_at=now,
            seen_at=now,
        )
    )
    return secret


def find(session: Session, secret: str, now: datetime) -> tuple[User, SignIn] | None:
    """The person behind a cookie; None when the sign-in ended, was idle too long, or the person may not sign in any more."""
    row = session.execute(
        select(User, SignIn).join(User, User.id == SignIn.user_id).where(SignIn.hash == _digest(secret))
    ).first()
    if row is None:
        return None
    user, found = row
    if found.ended_at or user.left_at or now - found.seen_at > IDLE or now - found.created_at > LONGEST:
        return None
    return user, found


def touch(session: Session, number: int, now: datetime) -> None:
    """Writes down that somebody was here; called when ``seen_at`` is older than ``TOUCH``."""
    session.execute(update(SignIn).where(SignIn.id == number).values(seen_at=now))


def open_sign_ins(session: Session, now: datetime, user_id: int | None = None) -> list[tuple[SignIn, str]]:
    """The sign-ins that still hold, with their people's names, the last seen first; of one person, or of everybody."""
    holding = select(SignIn, User.name).join(User, User.id == SignIn.user_id)
    holding = holding.where(SignIn.ended_at.is_(None), SignIn.seen_at >= now - IDLE, SignIn.created_at >= now - LONGEST)
    if user_id is not None:
        holding = holding.where(SignIn.user_id == user_id)
    return [(found, name) for found, name in session.execute(holding.order_by(SignIn.seen_at.desc(), SignIn.id.desc()))]


def end(session: Session, number: int, now: datetime, user_id: int | None = None) -> SignIn:
    """Ends one sign-in; of ``user_id`` only, where it is given. Raises UnknownError."""
    found = session.get(SignIn, number)
    if found is None or (user_id is not None and found.user_id != user_id):
        raise UnknownError("There is no such sign-in.")
    found.ended_at = found.ended_at or now
    return found


def end_all(session: Session, user_id: int, now: datetime, *, but: int | None = None) -> None:
    """Ends every sign-in of a person, but the one from which they asked for it."""
    mine = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    session.execute((mine.where(SignIn.id != but) if but else mine).values(ended_at=now))


def _digest(secret: str) -> str:
    """A plain hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
