"""Many inputs on several processors, and what happens when one of them dies."""

import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from service.cli.inputs import Input
from service.cli.linting import Check, Report, lint_all

NOW = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Deadly(Check):
    """A check whose process is ended by the kernel at some inputs, as one that ran out of memory is."""

    def run(self, given: Input) -> Report:
        if "deadly" in given.path:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().run(given)


@pytest.mark.parametrize("deadly", [(), (0,), (30,), (3, 4, 49)], ids=str)
def test_a_dead_process_costs_only_its_input(deadly: tuple[int, ...], tmp_path) -> None:
    inputs = []
    for number in range(50):
        path = tmp_path / f"{number:02}{'-deadly' if number in deadly else ''}.html"
        path.write_text("<p>Rain fell.</p>")
        inputs.append(Input(str(path)))
    reports = list(lint_all(Deadly(NOW, "auto", ("no-story",)), inputs, 2))
    assert [report["path"] for report in reports] == [given.path for given in inputs]
    assert [number for number, report in enumerate(reports) if report["error"]] == list(deadly)
