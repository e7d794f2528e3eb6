"""Many inputs through the engine, in order, in this process or in several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

from reports.configuration import Configuration
from rules.core import catalogue, engine
from rules.core.decoding import decode
from rules.core.errors import UnreadableInputError
from rules.core.report import empty_report
from rules.core.rule import Rule
from rules.core.submission import ContentKind
from service.cli.inputs import Input, read_input

Report = dict[str, Any]
Given = TypeVar("Given")
Taken_contra = TypeVar("Taken_contra", contravariant=True)


class Work(Protocol[Taken_contra]):
    """What is done with each of many inputs."""

    def run(self, given: Taken_contra) -> Report:
        """The report on one."""
        ...

    def refuse(self, given: Taken_contra, reason: str) -> Report:
        """The report on one that nothing could be said about."""
        ...


@dataclass(frozen=True)
class Check:
    """What is to be done with each input."""

    now: datetime
    kind: ContentKind
    rules: tuple[str, ...]
    configuration: Configuration = field(default_factory=Configuration)
    sources: bool = False  # who each story rests on, instead of what is wrong with it
    with_text: bool = False  # whether a report with findings brings the text along, as its "source": exports need it

    def run(self, given: Input) -> Report:
        """The report; for an input that cannot be read one with ``error``."""
        try:
            submission = read_input(given, self.kind)
        except UnreadableInputError as error:
            return self.refuse(given, error.reason)
        if self.sources:
            return engine.sources_of(submission)
        report = engine.lint(submission, now=self.now, rules=self._chosen, policy=self.configuration.policy(given.path))
        if self.with_text and report["findings"] and not report["error"]:
            report["source"] = decode(submission.content, submission.charset).text
        return report

    def refuse(self, given: Input, reason: str) -> Report:
        """The report on an input that nothing could be said about."""
        ruleset = catalogue.ruleset_hash(self._chosen)
        return empty_report(given.shown, ruleset, self.now) | {"error": {"reason": reason}, "complete": False}

    @cached_property
    def _chosen(self) -> tuple[Rule, ...]:
        return self.configuration.configure(catalogue.find(name) for name in self.rules)


def lint_all(check: Check, inputs: Sequence[Input], jobs: int) -> Iterator[Report]:
    """A report for each input, in the inputs' order whatever ``jobs`` is."""
    return work_through(check, iter(inputs), min(jobs, len(inputs)))


def work_through(work: Work[Given], waiting: Iterator[Given], jobs: int) -> Iterator[Report]:
    """A report for each of ``waiting``, in its order; it is read only a little ahead of what is done."""
    if jobs <= 1:
        yield from map(work.run, waiting)
        return
    from service.cli.pool import work_until_broken  # noqa: PLC0415 - processes are a tenth of the start of a short check

    while (first := next(waiting, None)) is not None:
        yield from work_until_broken(work, first, waiting, jobs)
