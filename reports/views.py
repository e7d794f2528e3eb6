"""Saved views: a person's names for states of the queue."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.errors import TakenError
from reports.models import SavedView

AT_MOST = 50  # more than a person keeps apart, and an end to what one account can fill
NAME, QUERY = 64, 1_000  # characters


def saved_views(session: Session, user_id: int) -> list[SavedView]:
    """A person's views, by name."""
    return list(session.scalars(select(SavedView).where(SavedView.user_id == user_id).order_by(SavedView.name)))


def save_view(session: Session, user_id: int, name: str, query: str, now: datetime) -> SavedView:
    """Keeps a view; one of the same name is replaced. Raises TakenError for one too many or a name that is none."""
    name = " ".join(name.split())
    if not name or len(name) > NAME or len(query) > QUERY:
        raise TakenError(f"A view needs a name of at most {NAME} characters.")
    known = {view.name: view for view in saved_views(session, user_id)}
    if name in known:
        known[name].query = query
        return known[name]
    if len(known) >= AT_MOST:
        raise TakenError(f"There are {AT_MOST} views already; drop one first.")
    view = SavedView(user_id=user_id, name=name, query=query, created_at=now)
    session.add(view)
    session.flush()
    return view


def drop_view(session: Session, user_id: int, view_id: int) -> None:
    """Forgets a view of this person; one that is not there is forgotten already."""
    session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == user_id))
