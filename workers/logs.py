"""Logs: one JSON object a line on standard error, ours and the libraries' alike.

``timestamp``, ``level`` and ``event`` are always there; ``delivery`` (the sender's id) and ``job`` follow a story from the web
through the queue to the worker.
"""

import logging
import os
import traceback
from contextlib import suppress
from typing import TextIO, cast

import structlog

STANDARD_ERROR = 2
BEFORE: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class Lines:
    """Standard error without a buffer.

    A line that cannot be written (a full disk, a closed terminal) is given up: no log decides whether a delivery is taken in.
    """

    def write(self, text: str) -> int:
        """Writes, or does not."""
        with suppress(OSError):
            os.write(STANDARD_ERROR, text.encode("utf-8", "replace"))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


class JsonLines(logging.Formatter):
    """A library's record in the same form. Line breaks, also those of a stranger's header, are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The level, the logger, the message and, after a fault, its traceback."""
        event: structlog.typing.EventDict = {"event": record.getMessage(), "logger": record.name}
        if record.exc_info:
            event["trace"] = "".join(traceback.format_exception(*record.exc_info))
        for processor in BEFORE:
            event = cast("structlog.typing.EventDict", processor(None, record.levelname.lower(), event))
        return str(structlog.processors.JSONRenderer(ensure_ascii=False)(None, record.levelname.lower(), event))


def set_up() -> None:
    """For this process; the libraries' own warnings go the same way."""
    lines = cast("TextIO", Lines())
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[*BEFORE, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(lines),
    )
