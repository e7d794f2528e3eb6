"""People and programs: passwords by argon2, tokens kept as hashes only."""

import hashlib
import hmac
import secrets
import zlib
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.errors import TakenError, UnknownError, WeakSecretError
from reports.models import Audit, Token, User

ROLES = ("viewer", "editor", "admin")
SCOPES = ("read", "submit", "write")
MIN_PASSWORD = 12  # characters; OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))  # so that an unknown name costs as much time as a wrong password


def create_user(
    session: Session, name: str, password: str, now: datetime, *, role: str = "editor", desk: str | None = None
) -> User:
    """A new person. Raises TakenError, WeakSecretError or UnknownError (a role that is none)."""
    if role not in ROLES:
        raise UnknownError(f"{role!r} is no role; roles are {', '.join(ROLES)}.")
    if find_user(session, name) is not None:
        raise TakenError(f"There is a user {name!r} already.")
    user = User(name=name, password_hash=_hash(password), role=role, desk=desk, created_at=now)
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, name: str, password: str) -> None:
    """Another password; every sign-in made with the old one ends. Raises UnknownError, WeakSecretError."""
    user = find_user(session, name)
    if user is None:
        raise UnknownError(f"There is no user {name!r}.")
    user.password_hash = _hash(password)


def find_user(session: Session, name: str) -> User | None:
    """The person of that name."""
    return session.scalars(select(User).where(User.name == name)).first()


def list_users(session: Session) -> list[User]:
    """Everybody, by name."""
    return list(session.scalars(select(User).order_by(User.name)))


def verify_password(session: Session, name: str, password: str) -> User | None:
    """The person if the password is theirs; the time it takes does not tell whether the name is known."""
    user = find_user(session, name)
    try:
        _HASHER.verify(user.password_hash if user else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return user


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


def verify_token(session: Session, secret: str, now: datetime) -> Token | None:
    """The token of a secret, if it is one, is known and was not revoked."""
    body = secret.removeprefix("cdk_")
    if not secret.startswith("cdk_") or not secret.isascii() or _checksum(body[:-8]) != body[-8:]:
        return None
    token = session.scalars(select(Token).where(Token.prefix == secret[:12])).first()
    if token is None or token.revoked_at is not None or not hmac.compare_digest(token.hash, _digest(secret)):
        return None
    token.last_used_at = now
    return token


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


def _hash(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise WeakSecretError(f"A password needs {MIN_PASSWORD} characters or more.")
    return _HASHER.hash(password)


def _digest(secret: str) -> str:
    """A plain hash is enough: the secret has 192 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
