"""People and programs: passwords by argon2, tokens kept as hashes only."""

import hashlib
import hmac
import itertools
import secrets
import zlib
from datetime import datetime
from zoneinfo import available_timezones

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports import signins
from reports.errors import LastAdminError, TakenError, UnknownError
from reports.models import Audit, Token, User
from reports.passwords import check_password

ROLES = ("reader", "editor", "rule-owner", "admin")  # each may do what those before it may
SCOPES = ("read", "submit", "write")
_HASHER = PasswordHasher()


def create_user(
    session: Session, name: str, password: str, now: datetime, *, role: str = "editor", desk: str | None = None
) -> User:
    """A new person. Raises TakenError, WeakSecretError or UnknownError (a role that is none)."""
    role = "reader" if role == "viewer" else role  # the older word for one who looks on
    if role not in ROLES:
        raise UnknownError(f"{role!r} is no role; roles are {', '.join(ROLES)}.")
    if find_user(session, name) is not None:
        raise TakenError(f"There is a user {name!r} already.")
    user = User(name=name, password_hash=_hash(name, password), role=role, desk=desk, created_at=now)
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, name: str, password: str, now: datetime, *, but: int | None = None) -> None:
    """Another password; every sign-in ends, ``but`` the one from which it was changed. Raises UnknownError, WeakSecretError."""
    user = find_user(session, name)
    if user is None:
        raise UnknownError(f"There is no user {name!r}.")
    user.password_hash = _hash(name, password)
    signins.end_all(session, user.id, now, but=but)


def change_user(session: Session, user_id: int, *, role: str, desk: str | None, email: str | None) -> User:
    """Another role, desk or mail address. Raises UnknownError; for the last admin, who must stay one, LastAdminError."""
    user = _get(session, user_id)
    if role not in ROLES:
        raise UnknownError(f"{role!r} is no role; roles are {', '.join(ROLES)}.")
    if role != "admin":
        _keep_an_admin(session, user)
    user.role, user.desk, user.email = role, desk or None, email or None
    return user


def set_zone(session: Session, user_id: int, zone: str) -> None:
    """The time zone of a person's pages; "": the newsroom's. Raises UnknownError."""
    if zone and zone not in available_timezones():
        raise UnknownError(f"{zone[:64]!r} is no time zone; write it like Europe/Berlin.")
    _get(session, user_id).zone = zone or None


def let_go(session: Session, user_id: int, now: datetime) -> User:
    """Somebody who may not sign in any more; their sign-ins end now. Raises UnknownError, LastAdminError."""
    user = _get(session, user_id)
    _keep_an_admin(session, user)
    user.left_at = user.left_at or now
    signins.end_all(session, user.id, now)
    return user


def take_back(session: Session, user_id: int) -> User:
    """Somebody who may sign in again. Raises UnknownError."""
    user = _get(session, user_id)
    user.left_at = None
    return user


def meet_from_provider(session: Session, issuer: str, subject: str, name: str, email: str | None, now: datetime) -> User:
    """The person whom an identity provider names, by its own lasting word for them; a new reader when it is a new one.

    Nobody is taken for somebody who is here already because their names or addresses are the same.
    """
    key = hashlib.sha256(f"{issuer}\0{subject}".encode("utf-8", "replace")).hexdigest()
    user = session.scalars(select(User).where(User.subject == key)).first()
    if user is None:
        user = User(name=_free_name(session, name), password_hash="", role="reader", subject=key, email=email, created_at=now)
        session.add(user)
        session.flush()
        record(session, user.name, "user-added", {"name": user.name, "role": user.role, "by": issuer[:200]}, now)
    return user


def find_user(session: Session, name: str) -> User | None:
    """The person of that name."""
    return session.scalars(select(User).where(User.name == name)).first()


def list_users(session: Session) -> list[User]:
    """Everybody, by name."""
    return list(session.scalars(select(User).order_by(User.name)))


def verify_password(session: Session, name: str, password: str) -> User | None:
    """The person if the password is theirs; the time it takes does not tell whether the name is known."""
    user = find_user(session, name)
    if user is None or not user.password_hash:
        _HASHER.hash(password)  # costs what looking costs
        return None
    try:
        _HASHER.verify(user.password_hash, password)
    except (VerificationError, InvalidHashError):
        return None
    return user if user.left_at is None else None


def create_token(session: Session, label: str, scopes: list[str], now: datetime) -> tuple[Token, str]:
    """A new token and its secret, ``cdk_`` and a checksum at its end, which is shown this once. Raises UnknownError."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise UnknownError(f"Scopes are {', '.join(SCOPES)}; got {', '.join(unknown) or 'none'}.")
    body = secrets.token_hex(24)
    secret = f"cdk_{body}{_checksum(body)}"
    token = Token(label=label, prefix=secret[:12], hash=_digest(secret), scopes=sorted(set(scopes)), created_at=now)
    session.add(token)
    session.flush()
    return token, secret


def verify_token(session: Session, secret: str) -> Token | None:
    """The token of a secret, if it is one, is known and was not revoked."""
    body = secret.removeprefix("cdk_")
    if not secret.startswith("cdk_") or not secret.isascii() or _checksum(body[:-8]) != body[-8:]:
        return None
    token = session.scalars(select(Token).where(Token.prefix == secret[:12])).first()
    if token is None or token.revoked_at is not None or not hmac.compare_digest(token.hash, _digest(secret)):
        return None
    return token


def touch_token(session: Session, token_id: int, now: datetime) -> None:
    """Writes down that a token was used; called when ``last_used_at`` is older than ``signins.TOUCH``."""
    session.execute(update(Token).where(Token.id == token_id).values(last_used_at=now))


def list_tokens(session: Session) -> list[Token]:
    """Every token, newest first."""
    return list(session.scalars(select(Token).order_by(Token.id.desc())))


def revoke_token(session: Session, prefix: str, now: datetime) -> None:
    """Ends a token. Raises UnknownError."""
    token = session.scalars(select(Token).where(Token.prefix == prefix)).first()
    if token is None:
        raise UnknownError(f"There is no token {prefix!r}; `copydesk token list` shows their beginnings.")
    token.revoked_at = token.revoked_at or now


def record(session: Session, actor: str, action: str, detail: dict[str, object], now: datetime) -> None:
    """Writes who did what into the audit table."""
    session.add(Audit(at=now, actor=actor[:128], action=action, detail=detail))


def recorded(session: Session, *, actor: str = "", action: str = "", before: int | None = None, limit: int = 100) -> list[Audit]:
    """What was recorded, newest first: of one person, of one kind, older than the row ``before``."""
    rows = select(Audit).order_by(Audit.id.desc()).limit(limit)
    if actor:
        rows = rows.where(Audit.actor == actor)
    if action:
        rows = rows.where(Audit.action == action)
    if before is not None:
        rows = rows.where(Audit.id < before)
    return list(session.scalars(rows))


def actions(session: Session) -> list[str]:
    """The kinds of what was recorded."""
    return list(session.scalars(select(Audit.action).distinct().order_by(Audit.action)))


def _get(session: Session, user_id: int) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise UnknownError("There is no such person here.")
    return user


def _keep_an_admin(session: Session, user: User) -> None:
    others = select(User.id).where(User.role == "admin", User.left_at.is_(None), User.id != user.id).with_for_update()
    if user.role == "admin" and session.scalars(others).first() is None:
        raise LastAdminError(f"{user.name} is the only admin; make somebody else one first.")


def _free_name(session: Session, wanted: str) -> str:
    plain = "".join(letter for letter in wanted if letter.isprintable()).strip()[:56] or "somebody"
    taken = set(session.scalars(select(User.name).where(User.name.startswith(plain, autoescape=True))))
    return next(name for number in itertools.count(1) if (name := plain if number == 1 else f"{plain}-{number}") not in taken)


def _hash(name: str, password: str) -> str:
    check_password(name, password)
    return _HASHER.hash(password)


def _digest(secret: str) -> str:
    """A plain hash is enough: the secret has 192 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
