"""One ``serve`` a data directory: a lock that the kernel lets go of when its holder ends, however it ended."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import DataTakenError

NAME = "serve.lock"


@contextmanager
def hold(data_dir: Path, address: str) -> Iterator[None]:
    """Makes the directory and holds it. Raises DataTakenError when somebody else does, or when it cannot be written."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataTakenError(f"The data directory {data_dir} cannot be used: {error.strerror}.") from error
    try:
        _lock(descriptor, data_dir)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"pid {os.getpid()}, {address}".encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, data_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 200).decode("utf-8", "replace") or "just starting"
        raise DataTakenError(
            f"Another copydesk serve runs on {data_dir} ({holder}). Stop it, or name another directory with --data."
        ) from error
