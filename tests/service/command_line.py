"""The command line as people call it: a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPYDESK = [sys.executable, "-P", "-m", "service.cli"]
CLEAN = b"<h1>Rain fell</h1><p>Rain fell on Monday, the weather office said.</p>"
FAULTY = b"<h1>Rain fell</h1><p>Rain fell on Monday.</p><p>{{ article.title }}</p><p>By night it stopped.</p>"
BOLD, RESET = "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


def environ(**given: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def run(*arguments: object, given: bytes = b"", cwd: Path | None = None, **variables: str) -> Ended:
    ended = subprocess.run(
        [*COPYDESK, *map(str, arguments)],
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env=environ(**variables),
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def refused(*arguments: object, given: bytes = b"", cwd: Path | None = None, **variables: str) -> str:
    """The one line that a call ends with which cannot be served."""
    ended = run(*arguments, given=given, cwd=cwd, **variables)
    assert ended.status == 2, ended
    assert ended.err.count("\n") == 1, ended.err
    assert "Traceback" not in ended.err
    return ended.err
