"""A sweep on this machine: by processes, into an output, one report for each record in the archive's order."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from reports.configuration import Configuration
from rules.core import catalogue, engine
from rules.core.errors import UnreadableInputError
from rules.core.report import empty_report
from rules.core.rule import Rule
from service.cli.linting import work_through
from service.errors import SweepChangedError
from service.sweeping.archive import Archive
from service.sweeping.checkpoint import Checkpoint, checkpoint_of, read_checkpoint, rest_of
from service.sweeping.output import Output
from service.sweeping.record import Record

SAVE_EVERY_S = 5.0  # what stands in the output behind a checkpoint is read again after a crash, and nothing is linted again


@dataclass(frozen=True)
class Reading:
    """What is done with each record, in whichever process."""

    now: datetime
    rules: tuple[str, ...]
    configuration: Configuration = field(default_factory=Configuration)

    def run(self, record: Record) -> dict[str, Any]:
        """The line of the output, with what is counted of it."""
        try:
            submission = record.read()
        except UnreadableInputError as error:
            return self.refuse(record, error.reason)
        policy = self.configuration.policy(submission.url or record.name)
        report = engine.lint(submission, now=self.now, rules=self._chosen, policy=policy)
        if report["article"]["url"] is None:
            report["article"]["url"] = submission.url
        return _line(report)

    def refuse(self, record: Record, reason: str) -> dict[str, Any]:
        """The line for a record that cannot be read."""
        empty = empty_report(record.name, self.ruleset(), self.now)
        return _line(empty | {"error": {"reason": reason}, "complete": False})

    def ruleset(self) -> str:
        """What the reports' ``ruleset`` says."""
        return catalogue.ruleset_hash(self._chosen)

    @cached_property
    def _chosen(self) -> tuple[Rule, ...]:
        return self.configuration.configure(catalogue.find(name) for name in self.rules)


@dataclass(frozen=True)
class Step:
    """How far a sweep is after one more record: ``end`` in the archive's units, ``fault`` where the record was broken."""

    place: Checkpoint
    end: int
    fault: str | None


def begin(archive_name: str, output: Output, reading: Callable[[datetime], Reading], now: datetime) -> tuple[Checkpoint, Reading]:
    """Where to go on: at the start, or where the sweep into that output ended. Raises SweepChangedError."""
    path, kept = output.path, checkpoint_of(output.path)
    place = read_checkpoint(kept)
    if place is None:
        if output.is_taken():
            raise SweepChangedError(f"{path} is there already and belongs to no sweep; name another file.")
        asked = reading(now)
        return Checkpoint(archive_name, now.isoformat(), asked.ruleset()), asked
    asked = reading(datetime.fromisoformat(place.now))  # one sweep reckons with one time, however often it is taken up
    for what, was, is_now in (("archive", place.archive, archive_name), ("rules", place.ruleset, asked.ruleset())):
        if was != is_now:
            raise SweepChangedError(f"{path} was begun with another {what} ({was[:80]}); name another file.")
    if not path.exists():
        raise SweepChangedError(f"{path} is gone, and {kept} is not; remove that too to begin anew.")
    return place, asked


def sweep(archive: Archive, place: Checkpoint, reading: Reading, output: Output, jobs: int) -> Iterator[Step]:
    """Lints the records behind ``place``; gives a step for each once its report is written."""
    kept = checkpoint_of(output.path)
    with output.opened() as writer:
        place = writer.catch_up(place)
        writer.sync()
        place.save(kept)
        ends: deque[tuple[str, int]] = deque()
        saved = time.monotonic()
        for made in work_through(reading, _noted(rest_of(archive, place), ends), jobs):
            name, end = ends.popleft()
            line: bytes = made["line"]
            place = writer.write(line, place.after(name, made["summary"], len(line), broken=made["fault"] is not None))
            if time.monotonic() - saved > SAVE_EVERY_S:
                writer.sync()
                place.save(kept)
                saved = time.monotonic()
            yield Step(place, end, made["fault"])
        replace(writer.finish(place), done=True).save(kept)


def _noted(records: Iterator[Record], ends: deque[tuple[str, int]]) -> Iterator[Record]:
    for record in records:
        ends.append((record.name, record.end))
        yield record.fetched()


def _line(report: dict[str, Any]) -> dict[str, Any]:
    """As it is written; made where the linting is done, so that the one process that writes has little to do."""
    line = (json.dumps(report, ensure_ascii=False) + "\n").encode("utf-8", "replace")
    return {"line": line, "summary": report["summary"], "fault": report["error"] and report["error"]["reason"]}
