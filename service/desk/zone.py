"""The time zone that a page tells its times in: its reader's own, else the newsroom's. The store and ``datetime=`` keep UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import g

from service.parts import parts


def here() -> ZoneInfo:
    """The zone of whoever reads the page."""
    user = g.get("user")
    return ZoneInfo((user.zone if user else None) or parts().settings.time_zone)


def moment(when: datetime) -> str:
    """A time as people read it, with its zone."""
    there = when.astimezone(here())
    return f"{there:%-d %b %Y, %H:%M} {there.tzname()}"


def brief(when: datetime) -> str:
    """A time as short as it can be told today: the hour alone, or the day before it."""
    there, today = when.astimezone(here()), parts().clock().astimezone(here())
    if there.date() == today.date():
        return f"{there:%H:%M}"
    return f"{there:%-d %b, %H:%M}" if there.year == today.year else f"{there:%-d %b %Y}"


def second(when: datetime) -> str:
    """The time of a day to the second."""
    return f"{when.astimezone(here()):%H:%M:%S}"


def start_of(day: str) -> datetime:
    """When a day (2026-12-24) begins there, in UTC. Raises ValueError."""
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=here()).astimezone(UTC)


def today() -> str:
    """The day that it is there."""
    return parts().clock().astimezone(here()).date().isoformat()
