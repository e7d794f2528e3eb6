"""One process over the others: starts them in order, starts again what ends, and stops them all."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from service.errors import PartFailedError
from service.lifeline import die_with_parent

TICK_S = 0.1
START_S = 30.0  # a part that is not up by then, on a loaded laptop, will not be
STOP_S = 5.0  # for the work under way; what a lint loses then, the store still knows
BACK_OFF_S = 0.5  # before the first restart; doubled each time
BACK_OFF_MAX_S = 30.0
STEADY_S = 60.0  # a part that ran this long starts with a clean record
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Part:
    """A program to keep running. ``is_up`` tells when the next part may start; without it, that the process lives."""

    name: str
    command: Sequence[str]
    says: str
    is_up: Callable[[], bool] | None = None
    is_base: bool = False  # the other parts need it until they have ended
    output: Path | None = None  # where its lines go; None: to our own standard error


@dataclass
class Child:
    """A part and the process that it is at the moment, in a process group of its own."""

    part: Part
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float | None = None

    def start(self) -> int:
        """Starts the process; gives its pid. What is left of the one before is ended first."""
        self.kill()
        parent = os.getpid()
        with self._output() as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.part.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(self.environ),
                start_new_session=True,  # a Ctrl-C in the terminal is for the supervisor, which then stops them in order
                preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),  # noqa: PLW1509 - this process has one thread
            )
        self.started_at, self.again_at = time.monotonic(), None
        return self.process.pid

    def ended(self) -> int | None:
        """The status it ended with, or None while it runs."""
        return self.process.poll() if self.process else None

    def terminate(self) -> None:
        """Asks it to finish."""
        if self.process and self.ended() is None:
            self.process.terminate()

    def kill(self) -> None:
        """Ends it and everything it started, at once."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):  # nobody is left in the group
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _output(self) -> BinaryIO:
        if self.part.output is None:
            return os.fdopen(os.dup(2), "ab")
        self.part.output.parent.mkdir(parents=True, exist_ok=True)
        return self.part.output.open("ab" if self.process else "wb")  # anew with every serve


@dataclass
class Supervisor:
    """The parts of one installation. ``say`` gets a line for everything that it does."""

    parts: Sequence[Part]
    environ: Mapping[str, str]
    say: Callable[[str], object]
    stopping: bool = False
    _hurry: bool = False
    _children: list[Child] = field(default_factory=list)

    def heed_signals(self) -> None:
        """From now on SIGTERM, Ctrl-C and a closed terminal stop everything; a second one does it at once."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def start(self) -> None:
        """Starts every part in order, each when the one before is up. Raises PartFailedError."""
        for part in self.parts:
            child = Child(part, self.environ)
            self._children.append(child)
            child.start()
            self._wait_until_up(child)
            if self.stopping:
                return
            self.say(f"{part.name}: {part.says}")

    def watch(self) -> None:
        """Until it is told to stop: starts again what ended, with longer and longer pauses."""
        while not self.stopping:
            for child in self._children:
                self._look_after(child)
            time.sleep(TICK_S)

    def stop(self) -> None:
        """Stops every part, the base last; what has not finished after a few seconds is killed, with all it started."""
        self.stopping = True
        for is_base in (False, True):
            self._stop([child for child in reversed(self._children) if child.part.is_base is is_base])

    def _wait_until_up(self, child: Child) -> None:
        part, until = child.part, time.monotonic() + START_S
        while not self.stopping:
            if (status := child.ended()) is not None:
                raise PartFailedError(f"The {part.name} did not start ({_say_status(status)}).{_hint(part)}")
            if part.is_up is None or part.is_up():
                return
            if time.monotonic() > until:
                raise PartFailedError(f"The {part.name} was not up after {START_S:g} s.{_hint(part)}")
            time.sleep(TICK_S)

    def _look_after(self, child: Child) -> None:
        now, status = time.monotonic(), child.ended()
        if status is None:
            child.failures = 0 if now - child.started_at > STEADY_S else child.failures
        elif child.again_at is None:
            pause = min(BACK_OFF_MAX_S, BACK_OFF_S * 2**child.failures)
            child.failures += 1
            child.again_at = now + pause
            self.say(f"{child.part.name}: ended ({_say_status(status)}), starts again in {pause:g} s")
        elif now >= child.again_at:
            self.say(f"{child.part.name}: started again, pid {child.start()}")

    def _stop(self, children: Sequence[Child]) -> None:
        until = time.monotonic() + STOP_S
        for child in children:
            child.terminate()
        while any(child.ended() is None for child in children) and time.monotonic() < until and not self._hurry:
            time.sleep(TICK_S / 2)
        for child in children:
            was_late = child.ended() is None
            child.kill()
            self.say(f"{child.part.name}: {'killed, it did not finish in time' if was_late else 'stopped'}")

    def _ask_to_stop(self, *_: object) -> None:
        self._hurry = self.stopping
        self.stopping = True


def _say_status(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _hint(part: Part) -> str:
    return f" Its own words are in {part.output}." if part.output else " Its own words stand above."
