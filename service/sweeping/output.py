"""What a sweep on this machine writes into: anything that takes reports in their order and can be gone on with."""

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from service.errors import SweepChangedError
from service.sweeping.checkpoint import Checkpoint, hold


class Writer(Protocol):
    """An output that is open, and nobody else's meanwhile."""

    def catch_up(self, place: Checkpoint) -> Checkpoint:
        """The place behind everything that stands whole in the output; called first."""
        ...

    def write(self, line: bytes, place: Checkpoint) -> Checkpoint:
        """Takes the report before ``place`` in; gives the place as it is to be kept. What is written outlives this process."""
        ...

    def sync(self) -> None:
        """What was written before outlives the machine."""
        ...

    def finish(self, place: Checkpoint) -> Checkpoint:
        """After the last report."""
        ...


class Output(Protocol):
    """A place on the disk by what is written there."""

    @property
    def path(self) -> Path:
        """Its name, beside which the checkpoint stands."""
        ...

    def is_taken(self) -> bool:
        """Whether something stands there that an output of this kind would overwrite."""
        ...

    def opened(self) -> AbstractContextManager[Writer]:
        """Open for one sweep. Raises SweepChangedError while another one writes there."""
        ...


@dataclass(frozen=True)
class LineOutput:
    """A file of JSON lines, a report a line."""

    path: Path

    def is_taken(self) -> bool:
        """Whether there is anything but an empty file."""
        return self.path.exists() and (not self.path.is_file() or self.path.stat().st_size > 0)

    @contextmanager
    def opened(self) -> Iterator["LineWriter"]:
        """The file, made if need be."""
        with self.path.open("a+b") as file:
            hold(file, str(self.path))
            yield LineWriter(file)


@dataclass(frozen=True)
class LineWriter:
    """Writes lines behind those that are there; ``Checkpoint.size`` is how far the file was then."""

    file: BinaryIO

    def catch_up(self, place: Checkpoint) -> Checkpoint:
        """The place behind the last line that stands whole; a torn one behind it is cut off. Raises SweepChangedError."""
        if self.file.seek(0, os.SEEK_END) < place.size:
            raise SweepChangedError(f"{self.file.name} is shorter than it was; sweep anew, into another file.")
        self.file.seek(place.size)
        for line in self.file:
            if not line.endswith(b"\n"):
                break
            report = json.loads(line)
            place = place.after(report["path"], report["summary"], len(line), broken=report["error"] is not None)
        self.file.truncate(place.size)
        self.file.seek(place.size)
        return place

    def write(self, line: bytes, place: Checkpoint) -> Checkpoint:
        """One line, handed to the system at once."""
        self.file.write(line)
        self.file.flush()
        return place

    def sync(self) -> None:
        """The lines are on the disk."""
        os.fsync(self.file.fileno())

    def finish(self, place: Checkpoint) -> Checkpoint:
        """The file is whole as it stands."""
        self.sync()
        return place
