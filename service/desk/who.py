"""Who sits at the desk: the person behind the cookie, looked up anew on every call."""

import hashlib
import hmac

from flask import session

from reports.accounts import find_user
from reports.models import User
from service.parts import parts

ONLOOKERS = ("viewer", "reader")


def sign_in(user: User) -> None:
    """Starts a sign-in of its own: nothing of what the cookie held before stays."""
    session.clear()
    session.permanent = True
    session["user"] = user.name
    session["stamp"] = _stamp(user)


def signed_in() -> User | None:
    """The person, or None: not signed in, no longer there, or with another password since."""
    if "user" not in session:
        return None
    with parts().database.begin() as store:
        user = find_user(store, str(session["user"]))
    if user is None or not hmac.compare_digest(_stamp(user), str(session.get("stamp"))):
        return None
    return user


def may_judge(user: User) -> bool:
    """Whether the person's word on a finding counts; a viewer looks on."""
    return user.role not in ONLOOKERS


def own_path(target: str) -> str | None:
    """``target`` when it is a path on this desk, to go on to after signing in; None for any other address."""
    plain = target.isprintable() and "\\" not in target  # browsers read a backslash as a slash
    return target if plain and target.startswith("/") and not target.startswith("//") else None


def _stamp(user: User) -> str:
    """Changes with the password, so that a new one ends every sign-in made with the old one."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]
