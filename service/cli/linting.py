"""Many inputs through the engine, in order, on several processors; one that brings its process down costs only itself."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from reports.configuration import Configuration
from rules.core import catalogue, engine
from rules.core.decoding import decode
from rules.core.errors import UnreadableInputError
from rules.core.report import empty_report
from rules.core.rule import Rule
from rules.core.submission import ContentKind
from service.cli.inputs import Input, read_input
from service.lifeline import die_with_parent

AHEAD = 16  # inputs handed out per process before the first is back: keeps them busy, and a million files out of memory
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
        chosen = self._chosen()
        try:
            submission = read_input(given, self.kind)
        except UnreadableInputError as error:
            return self.refuse(given, error.reason)
        if self.sources:
            return engine.sources_of(submission)
        report = engine.lint(submission, now=self.now, rules=chosen, policy=self.configuration.policy(given.path))
        if self.with_text and report["findings"] and not report["error"]:
            report["source"] = decode(submission.content, submission.charset).text
        return report

    def refuse(self, given: Input, reason: str) -> Report:
        """The report on an input that nothing could be said about."""
        ruleset = catalogue.ruleset_hash(self._chosen())
        return empty_report(given.shown, ruleset, self.now) | {"error": {"reason": reason}, "complete": False}

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
    while (first := next(waiting, None)) is not None:
        yield from _lint_until_broken(work, first, waiting, jobs)


def _lint_until_broken(check: Work[Given], first: Given, waiting: Iterator[Given], jobs: int) -> Iterator[Report]:
    """Works on until the inputs end or a process dies; what was under way then is done alone, one by one."""
    with _pool(jobs) as pool:
        under_way = deque(_hand_out(pool, check, [first, *islice(waiting, jobs * AHEAD - 1)]))
        broken = False
        while under_way:
            given, future = under_way.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                broken = True
                yield _lint_alone(check, given)
            if not broken:
                under_way.extend(_hand_out(pool, check, islice(waiting, 1)))


def _hand_out(pool: ProcessPoolExecutor, check: Work[Given], inputs: Iterable[Given]) -> Iterator[tuple[Given, Future[Report]]]:
    for given in inputs:
        try:
            yield given, pool.submit(check.run, given)
        except BrokenProcessPool as error:  # it broke between two calls: the input is then done alone
            lost: Future[Report] = Future()
            lost.set_exception(error)
            yield given, lost


def _lint_alone(check: Work[Given], given: Given) -> Report:
    with _pool(1) as pool:
        try:
            return pool.submit(check.run, given).result()
        except BrokenProcessPool:
            return check.refuse(given, "The process that read it died; it may have run out of memory.")


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, initializer=_prepare)


def _prepare() -> None:
    """A Ctrl-C is the parent's to handle, and no process outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
