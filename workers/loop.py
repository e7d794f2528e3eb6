"""A loop that goes on whatever happens in it: what the scheduler and the senders have in common."""

import threading
from collections.abc import Callable

import structlog

from reports.errors import StoreDownError

log = structlog.get_logger("copydesk.loop")


def keep_on(step: Callable[[], object], stopped: threading.Event, pause_s: float) -> None:
    """Calls ``step`` until ``stopped`` is set; it pauses after one that gives nothing, and after one that breaks.

    A store that is away is waited for. What else breaks is logged: the next step takes up what this one left.
    """
    while not stopped.is_set():
        try:
            more = step()
        except StoreDownError as error:
            log.warning("store-down", reason=error.reason)
            more = False
        except Exception:
            log.exception("step-failed")
            more = False
        if not more:
            stopped.wait(pause_s)
