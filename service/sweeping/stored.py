"""A sweep into the store: each record is a submission of a source, worked off by the workers behind everything else."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from reports import jobs
from reports.database import Database
from reports.intake import Incoming, accept
from reports.sources import get_source
from rules.core.decoding import MAX_BYTES
from rules.core.errors import UnreadableInputError
from service.errors import SweepChangedError
from service.sweeping.archive import Archive
from service.sweeping.checkpoint import Checkpoint, hold, read_checkpoint, rest_of
from service.sweeping.local import Step
from service.sweeping.record import Record

AT_ONCE = 10  # records a transaction: SQLite has one writer, and a webhook must not wait for a long one
UNDER_WAY = 500  # jobs that wait for the workers before the sweep does: neither store nor Redis fills up with them
LOOK_S = 0.5  # between two looks at how many are left
EMPTY: dict[str, int] = {}


@dataclass(frozen=True)
class StoredSweep:
    """A sweep for one source, with the bell that rings on the last queue; ``kept`` is the file of its checkpoint."""

    database: Database
    ring: Callable[[int], object]
    clock: Callable[[], datetime]
    source: str
    kept: Path

    def begin(self, archive_name: str) -> Checkpoint:
        """Where to go on. Raises SweepChangedError when the checkpoint is another archive's."""
        place = read_checkpoint(self.kept)
        if place is not None and place.archive != archive_name:
            raise SweepChangedError(f"{self.kept} belongs to a sweep of {place.archive}.")
        return place or Checkpoint(archive_name, self.clock().isoformat(), f"of the source {self.source}")

    def run(self, archive: Archive, place: Checkpoint) -> Iterator[Step]:
        """Hands the records over, a few ahead of the workers; gives a step for each. It ends when the workers are done.

        What was handed over and not written down when this process ended is handed over again, and is a duplicate then.
        """
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        with self.kept.with_suffix(".lock").open("ab") as lock:
            hold(lock, self.source)
            self._ring_again()
            records = rest_of(archive, place)
            while batch := [record.fetched() for record in islice(records, AT_ONCE)]:
                started = time.monotonic()
                steps = self._submit(batch, place)
                taken = time.monotonic() - started
                for step in steps:
                    place = step.place
                    yield step
                place.save(self.kept)
                time.sleep(taken)  # the store is as long everybody else's: SQLite gives its lock to whoever asks in time
                self.wait(UNDER_WAY)
            self.wait(0)
            replace(place, done=True).save(self.kept)

    def _ring_again(self) -> None:
        """For what a sweep that was killed had stored and had not rung for yet. Nobody else hands over for this source now."""
        with self.database.read() as session:
            left = jobs.queued_by_sweeps(session, get_source(session, self.source).id)
        for job_id in left:
            self.ring(job_id)

    def wait(self, left: int) -> None:
        """Until no more than ``left`` jobs of sweeps are under way."""
        while True:
            with self.database.read() as session:
                if jobs.count_swept(session) <= left:
                    return
            time.sleep(LOOK_S)

    def _submit(self, batch: Sequence[Record], place: Checkpoint) -> list[Step]:
        """One transaction, and the bell after it: a job that is rung is there."""
        rung: list[int] = []
        steps = []
        with self.database.begin() as session:
            for record in batch:
                fault = self._accept(session, record, rung)
                place = place.after(record.name, EMPTY, 0, broken=fault is not None)
                steps.append(Step(place, record.end, fault))
        for job_id in rung:
            self.ring(job_id)
        return steps

    def _accept(self, session: Session, record: Record, rung: list[int]) -> str | None:
        """Takes a record in; gives why it could not be."""
        try:
            submission = record.read()
        except UnreadableInputError as error:
            return error.reason
        content = submission.content.encode() if isinstance(submission.content, str) else submission.content
        if not content or len(content) > MAX_BYTES:
            return f"A record must hold between 1 and {MAX_BYTES:,} bytes."
        known_by = hashlib.sha256(f"{record.name} {submission.url} {submission.metadata.external_id} ".encode())
        known_by.update(content)
        incoming = Incoming(
            f"sweep-{known_by.hexdigest()[:40]}",
            hashlib.sha256(content).hexdigest(),
            submission,
            submission.metadata,
            submission.url or None,
            ordered_at=record.seen_at(),
            cause=jobs.SWEPT,
        )
        taken = accept(session, get_source(session, self.source), incoming, self.clock())
        if taken.job_id is not None and taken.status == "accepted":
            rung.append(taken.job_id)
        return None
