"""How a sweep is going: a bar with rate and time left on a terminal, a line now and then elsewhere."""

import sys
import time
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from service.cli.text import printable
from service.sweeping.local import Step

SAY_EVERY_S = 30.0  # into a log
FAULTS_SHOWN = 20  # of the broken records by name; the output names them all


@dataclass
class Meter:
    """Tells of the steps on standard error. ``size`` is the archive's, 0 when it is not known."""

    size: int
    before: int  # records that an earlier run had done
    named_elsewhere: bool = True  # whether the output names the broken records; if not, each is named here
    _console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    _progress: Progress | None = None
    _task: TaskID | None = None
    _started: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)
    _faults: int = 0

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn(compact=True))
            self._progress = Progress(*columns, console=self._console, redirect_stdout=False, redirect_stderr=False)
            self._task = self._progress.add_task("", total=self.size or None, rate="")
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def tell(self, step: Step) -> None:
        """After each step."""
        if step.fault is not None:
            self._name(step)
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=step.end, rate=self._rate(step))
        elif time.monotonic() - self._said > SAY_EVERY_S:
            self._said = time.monotonic()
            share = f" ({step.end / self.size:.0%})" if self.size else ""
            self._console.print(f"copydesk sweep: {self._rate(step)}{share}", soft_wrap=True)

    def _rate(self, step: Step) -> str:
        done = step.place.totals.records
        seconds = max(time.monotonic() - self._started, 0.001)
        return f"{done:,} records, {(done - self.before) / seconds:,.0f} a second"

    def _name(self, step: Step) -> None:
        self._faults += 1
        if self.named_elsewhere and self._faults > FAULTS_SHOWN:
            return
        line = printable(" ".join(f"{step.place.last}: {step.fault}".split()))
        self._console.print(f"copydesk sweep: {line}", markup=False, soft_wrap=True)
        if self.named_elsewhere and self._faults == FAULTS_SHOWN:
            self._console.print("copydesk sweep: more records are broken; the output names every one.", soft_wrap=True)
