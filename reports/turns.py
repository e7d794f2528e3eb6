"""Whose turn it is to write to SQLite, which has one writer at a time.

A writer that finds SQLite's lock taken sleeps longer and longer between two tries, up to a tenth of a second, and whoever comes
just then goes first: with some hundred writes a second a call waited for half a second although the lock was free for much of it.
So the writers of all processes first ask for a lock on a file beside the database, every millisecond. A patient one, for which
nobody waits, also lets everybody else go first, so that a burst of deliveries is taken in before it is worked off
(``bench/load.py``). The kernel lets go of both locks when their holder ends, however it ended.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from reports.errors import StoreDownError

ASK_S = 0.001
YIELD_S = 0.01
PATIENCE_S = 1.0  # after which a patient writer asks as the others do
_FILES = "files of turns"  # in what the pool keeps of a connection


class _Files(NamedTuple):
    """Descriptors of one connection: the lock of whoever writes, and the one that all share who are not patient."""

    turn: int
    hurry: int


class Turns:
    """The turns of one engine's connections. A turn ends when the connection goes back to its pool."""

    def __init__(self, engine: Engine, longest_s: float, *, patient: bool) -> None:
        """``longest_s``: how long a turn is waited for; ``patient``: nobody waits for what this process writes."""
        self._path, self._longest_s, self._patient = engine.url.database or "", longest_s, patient
        event.listen(engine, "checkin", _end_turn)
        event.listen(engine, "close", _close)

    def take(self, kept: dict[Any, Any]) -> None:
        """Waits for the turn of the connection of which the pool keeps ``kept``. Raises StoreDownError without its files.

        One that does not come in time is not waited for: SQLite's own lock then says who else is writing.
        """
        if _FILES not in kept:
            kept[_FILES] = _Files(*(_open(self._path, name) for name in _Files._fields))
        turn, hurry = kept[_FILES]
        is_told = self._patient
        began, waited = time.monotonic(), 0.0
        while waited < self._longest_s:
            is_told = is_told or _try(hurry, fcntl.LOCK_SH)  # again: a patient one has it for the moment in which it looks
            yields = self._patient and waited < PATIENCE_S and _is_held(hurry)
            if not yields and _try(turn, fcntl.LOCK_EX):
                return
            time.sleep(YIELD_S if yields else ASK_S)
            waited = time.monotonic() - began


def _open(database: str, name: str) -> int:
    """A file of turns, made as SQLite makes those beside its own: whoever may use the database may use it, root or not."""
    try:
        like = Path(database).stat()
        file = os.open(f"{database}-{name}", os.O_CREAT | os.O_RDONLY, like.st_mode & 0o666)
        if os.geteuid() == 0:
            os.fchown(file, like.st_uid, like.st_gid)
    except OSError as error:
        raise StoreDownError(
            f"{database}-{name} cannot be used: {error.strerror}. Give it to the user that runs Copydesk."
        ) from error
    return file


def _is_held(file: int) -> bool:
    free = _try(file, fcntl.LOCK_EX)
    if free:
        fcntl.flock(file, fcntl.LOCK_UN)
    return not free


def _try(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_turn(_connection: object, record: Any) -> None:
    for file in record.info.get(_FILES, ()):
        fcntl.flock(file, fcntl.LOCK_UN)


def _close(_connection: object, record: Any) -> None:
    for file in record.info.pop(_FILES, ()):
        os.close(file)
