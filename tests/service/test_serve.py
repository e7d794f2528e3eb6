"""``copydesk serve`` and ``demo`` for real: every part a process, killed and started again, and nobody left behind."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.service.command_line import COPYDESK, ROOT, environ, refused, run

UP_S = 60.0
SIGNS = {"redis": r"unixsocket|redis|valkey", "worker": r"worker", "schedule": r"schedule$", "web": r"web$|gunicorn"}
STOPPED_S = 12.0  # five seconds for the parts, then one for Redis, on a machine with other work


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(truth: Callable[[], object], seconds: float = UP_S) -> None:
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.1)


def part_of(line: str) -> str:
    """The part by its command line, which servers like to rewrite."""
    return next((name for name, sign in SIGNS.items() if re.search(sign, line)), line)


@dataclass
class Serve:
    """A running ``serve`` in a session of its own, its output in a file."""

    data: Path
    port: int = field(default_factory=free_port)
    command: str = "serve"

    def start(self) -> None:
        self.data.mkdir(exist_ok=True)
        self.log = self.data.parent / "output.txt"
        with self.log.open("wb") as output:
            command = [*COPYDESK, self.command, "--data", str(self.data), "--port", str(self.port)]
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env=environ(), start_new_session=True
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self) -> None:
        wait_for(lambda: "The desk" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output

    def parts(self) -> dict[str, psutil.Process]:
        """The direct children by what they are; one that has just ended is none."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                found[part_of(" ".join(child.cmdline()))] = child
        return found

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    made = Serve(tmp_path / "data")
    made.start()
    made.wait_until_up()
    family = made.family()
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    for member in family:
        if member.is_running():
            member.kill()


def gone(family: list[psutil.Process]) -> bool:
    return not any(member.is_running() and member.status() != psutil.STATUS_ZOMBIE for member in family)


def test_says_what_it_does_and_stops_clean(serve: Serve) -> None:
    family = serve.family()
    assert set(serve.parts()) == {"redis", "worker", "schedule", "web"}
    assert serve.answers()
    serve.process.send_signal(signal.SIGTERM)
    assert serve.process.wait(STOPPED_S) == 0
    assert gone(family)
    lines = [line for line in serve.output.splitlines() if not line.startswith("{")]
    order = [line.partition(":")[0] for line in lines]
    assert order[:5] == ["data", "redis", "worker", "scheduler", "web"]
    assert str(serve.data) in lines[0]
    assert "Nobody can sign in yet: copydesk user add NAME" in lines
    assert order[-4:-1] == ["web", "scheduler", "worker"]
    assert lines[-1] == "redis: stopped"


def test_a_ctrl_c_in_the_terminal_stops_it_in_order(serve: Serve) -> None:
    family = serve.family()
    os.killpg(serve.process.pid, signal.SIGINT)  # what a terminal does: the whole group of the command
    assert serve.process.wait(STOPPED_S) == 0
    assert gone(family)
    assert "Traceback" not in serve.output


def test_what_ends_is_started_again(serve: Serve) -> None:
    before = serve.parts()
    for name in ("worker", "web", "redis"):
        before[name].kill()

    def are_others() -> bool:
        now = serve.parts()  # once: what was killed a moment ago may be there in one look and gone in the next
        return set(now) == set(before) and all(now[name].pid != before[name].pid for name in ("worker", "web", "redis"))

    wait_for(are_others)
    wait_for(serve.answers)
    assert "worker: ended (signal SIGKILL), starts again in 0.5 s" in serve.output
    assert set(serve.parts()) == set(before)
    assert serve.parts()["schedule"].pid == before["schedule"].pid


def test_killed_outright_it_leaves_nobody_behind(serve: Serve) -> None:
    family = serve.family()
    serve.process.kill()
    serve.process.wait()
    wait_for(lambda: gone(family), 20)


def test_a_second_one_is_refused(serve: Serve, tmp_path: Path) -> None:
    same_data = refused("serve", "--data", serve.data, "--port", free_port())
    assert f"runs on {serve.data}" in same_data
    assert f"pid {serve.process.pid}, {serve.address}" in same_data
    same_port = refused("serve", "--data", tmp_path / "other", "--port", serve.port)
    assert f"127.0.0.1:{serve.port}" in same_port
    assert serve.process.poll() is None
    assert serve.answers()


def test_data_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refused("serve", "--data", tmp_path / "file" / "below")


def test_a_part_that_cannot_start_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    line = refused("demo", "--data", tmp_path / "data", "--port", free_port(), PATH=f"{tmp_path}:{os.environ['PATH']}").strip()
    assert "The redis did not start (status 3)" in line


def test_the_demo_shows_the_samples_findings_and_ends(tmp_path: Path) -> None:
    once = ("demo", "--once", "--data", tmp_path / "data", "--port")
    ended = run(*once, free_port(), cwd=tmp_path)
    assert ended.status == 0, ended
    assert len(list((ROOT / "service" / "samples").glob("*.html"))) == 4
    for rule in ("widget-error-text", "truncated-headline", "template-placeholder", "unattributed-quote", "vague-attribution"):
        assert rule in ended.out
    assert "ferry-sunday-crossing" not in ended.out
    assert "in 4 articles." in ended.out
    assert re.search(r"Sign in as editor with \S{16} \(shown this once\)\.", ended.out)
    again = run(*once, free_port(), cwd=tmp_path)
    assert again.status == 0, again
    assert "Sign in as before" in again.out
