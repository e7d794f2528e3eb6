"""What the web is put together from, and how a view gets at it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app

from reports.database import Database
from reports.settings import Settings

NAME = "copydesk"


@dataclass(frozen=True)
class Parts:
    """Settings, store, doorbell and clock of one application."""

    settings: Settings
    database: Database
    ring: Callable[[int], object]
    clock: Callable[[], datetime]
    ring_first: Callable[[int], object]  # for a job that somebody waits for


def read_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def install(app: Flask, parts: Parts) -> None:
    """Gives ``app`` its parts."""
    app.extensions[NAME] = parts


def parts() -> Parts:
    """The parts of the application that answers the current request."""
    found = current_app.extensions[NAME]
    assert isinstance(found, Parts)
    return found
