"""Who sits at the desk: the person behind the cookie, looked up anew on every call."""

from flask import request, session

from reports import signins
from reports.accounts import record
from reports.models import SignIn, User
from service.parts import parts

KEY = "sign-in"  # in the cookie: a secret of which the store keeps the hash
VIEW = "view"  # in the cookie: what of the queue was looked at last, for the way back from a story
ONLOOKERS = ("reader",)


def sign_in(user: User, way: str = "password") -> None:
    """Starts a sign-in of its own: nothing of what the cookie held before stays."""
    now = parts().clock()
    with parts().database.begin() as store:
        agent = request.headers.get("User-Agent", "")
        secret = signins.start(store, user, way, now, address=request.remote_addr, agent=agent)
        record(store, user.name, "signed-in", {"way": way, "address": request.remote_addr}, now)
    session.clear()
    session.permanent = True
    session[KEY] = secret


def signed_in() -> tuple[User | None, SignIn | None]:
    """The person and their sign-in, or neither: not signed in, ended, idle too long, or no longer here."""
    if KEY not in session:
        return None, None
    now = parts().clock()
    with parts().database.read() as store:
        found = signins.find(store, str(session[KEY]), now)
    if found is not None and now - found[1].seen_at > signins.TOUCH:
        with parts().database.begin() as store:
            signins.touch(store, found[1].id, now)
    return found or (None, None)


def sign_out(found: SignIn) -> None:
    """Ends the sign-in, here and in the store."""
    now = parts().clock()
    with parts().database.begin() as store:
        signins.end(store, found.id, now)
    session.clear()


def may_judge(user: User) -> bool:
    """Whether the person's word on a finding counts; a reader looks on."""
    return user.role not in ONLOOKERS


def own_path(target: str) -> str | None:
    """``target`` when it is a path on this desk, to go on to after signing in; None for any other address."""
    plain = target.isprintable() and "\\" not in target  # browsers read a backslash as a slash
    return target if plain and target.startswith("/") and not target.startswith("//") else None
