"""How far a sweep is, kept so that it goes on after whatever ended it, and does nothing twice."""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from rules.core.findings import SEVERITIES
from service.errors import SweepChangedError
from service.sweeping.archive import Archive
from service.sweeping.record import Record

SUFFIX = ".sweep"


@dataclass(frozen=True)
class Totals:
    """What was found so far."""

    records: int = 0
    broken: int = 0
    findings: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEVERITIES, 0))

    def plus(self, summary: dict[str, int], *, broken: bool) -> "Totals":
        """With one more record."""
        findings = {word: count + summary.get(word, 0) for word, count in self.findings.items()}
        return Totals(self.records + 1, self.broken + broken, findings)


@dataclass(frozen=True)
class Checkpoint:
    """A place in a sweep: ``last`` is the name of the record before it.

    ``size``: the bytes of lines written up to it; where lines are packed into parts, those since the last part, and ``packed``
    is the number of records in parts.
    """

    archive: str
    now: str
    ruleset: str
    last: str | None = None
    size: int = 0
    packed: int = 0
    done: bool = False
    totals: Totals = field(default_factory=Totals)

    def after(self, name: str, summary: dict[str, int], written: int, *, broken: bool) -> "Checkpoint":
        """The place behind one more record."""
        return replace(self, last=name, size=self.size + written, totals=self.totals.plus(summary, broken=broken))

    def save(self, path: Path) -> None:
        """Writes it so that a crash leaves the old one or the new one."""
        part = path.with_name(path.name + ".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint of that file, None without one. Raises SweepChangedError for a file that is something else."""
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Checkpoint(**(given | {"totals": Totals(**given["totals"])}))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise SweepChangedError(f"{path} is no checkpoint of a sweep; move it away to begin anew.") from error


def checkpoint_of(output: Path) -> Path:
    """Where the checkpoint of an output stands: beside it."""
    return output.with_name(output.name + SUFFIX)


def rest_of(archive: Archive, place: Checkpoint) -> Iterator[Record]:
    """The records behind a place. Raises SweepChangedError when the archive is not the one that it was."""
    records = archive.records()
    if place.totals.records:
        passed = next(islice(records, place.totals.records - 1, None), None)
        if passed is None or passed.name != place.last:
            now = "it ends before" if passed is None else f"{passed.name} is there"
            raise SweepChangedError(
                f"{place.archive} has changed: record {place.totals.records:,} was {place.last}, and now {now}. "
                "Sweep it anew, into another file."
            )
    return records


def hold(file: BinaryIO, name: str) -> None:
    """Keeps a second sweep off the same file. Raises SweepChangedError when one is at work."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SweepChangedError(f"Another sweep writes to {name} just now.") from error
