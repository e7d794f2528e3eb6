"""Which desk a story goes to, by its source, section and byline."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from reports.errors import BadRouteError, UnknownError
from reports.models import Route, Source

DESK = 64  # characters
CONDITION = 128
_ROUTES = select(Route).order_by(Route.position, Route.id)  # made once: every report asks
_OWN_DESK = select(Source.desk).where(Source.name == bindparam("source"))


@dataclass(frozen=True)
class Story:
    """What routes look at."""

    source: str
    section: str | None = None
    byline: str | None = None


def desk_for(session: Session, story: Story, own: str | None = None) -> str | None:
    """The desk of a story: the one its sender named (``own``), else the first route that fits, else its source's."""
    if own:
        return own[:DESK]
    for route in list_routes(session):
        if fits(route, story):
            return route.desk
    return session.scalar(_OWN_DESK, {"source": story.source})


def fits(route: Route, story: Story) -> bool:
    """Whether all of a route's conditions hold. A section holds what is below it, a byline the names in it."""
    return (
        (route.source is None or route.source == story.source)
        and (route.section is None or _is_in(route.section, story.section or ""))
        and (route.byline is None or route.byline.casefold() in (story.byline or "").casefold())
    )


def list_routes(session: Session) -> list[Route]:
    """Every route, in the order in which they are asked."""
    return list(session.scalars(_ROUTES))


def add_route(session: Session, desk: str, *, source: str = "", section: str = "", byline: str = "") -> Route:
    """A new route, asked last. Raises BadRouteError, in words for its author."""
    given = {"source": source.strip(), "section": section.strip(), "byline": byline.strip()}
    if not desk.strip() or len(desk.strip()) > DESK:
        raise BadRouteError(f"Name the desk that the stories go to, in at most {DESK} characters.")
    if not any(given.values()):
        raise BadRouteError("Give at least one of source, section and byline; a source's own desk is set with the source.")
    if any(len(value) > CONDITION for value in given.values()):
        raise BadRouteError(f"A condition has at most {CONDITION} characters.")
    if given["source"] and session.scalar(select(Source.id).where(Source.name == given["source"])) is None:
        raise BadRouteError(f"There is no source {given['source']!r}.")
    position = (session.scalar(select(func.max(Route.position))) or 0) + 1
    route = Route(position=position, desk=desk.strip(), **{name: value or None for name, value in given.items()})
    session.add(route)
    session.flush()
    return route


def remove_route(session: Session, number: int) -> Route:
    """Takes a route out. Raises UnknownError."""
    route = _get(session, number)
    session.delete(route)
    return route


def move_up(session: Session, number: int) -> Route:
    """Lets a route be asked before the one that is now above it. Raises UnknownError."""
    route = _get(session, number)
    routes = list_routes(session)
    at = [other.id for other in routes].index(route.id)
    routes.insert(max(at - 1, 0), routes.pop(at))
    for position, other in enumerate(routes, start=1):
        other.position = position
    return route


def _get(session: Session, number: int) -> Route:
    route = session.get(Route, number)
    if route is None:
        raise UnknownError("There is no such route; somebody may have removed it.")
    return route


def _is_in(section: str, of_story: str) -> bool:
    """``sport`` holds ``Sport`` and ``sport/football``, not ``sports-business``."""
    outer, inner = section.casefold().strip("/"), of_story.casefold().strip("/")
    return inner == outer or inner.startswith(f"{outer}/")
