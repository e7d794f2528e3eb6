"""The command line as people call it: a process of its own."""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.service import ready

ROOT = Path(__file__).resolve().parents[2]
COPYDESK = [sys.executable, "-P", "-m", "service.cli"]
CLEAN = b"<h1>Rain fell</h1><p>Rain fell on Monday, the weather office said.</p>"
FAULTY = b"<h1>Rain fell</h1><p>Rain fell on Monday.</p><p>{{ article.title }}</p><p>By night it stopped.</p>"
TIMEOUT_S = 120
BOLD, RESET = "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


def environ(**given: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def run(*arguments: object, given: bytes = b"", cwd: Path = ROOT, **variables: str) -> Ended:
    with tempfile.TemporaryDirectory() as folder:
        read, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        read.write_bytes(given)
        process = ready.start([*map(str, arguments)], environ(**variables), cwd, read, out, err)
        process.join(TIMEOUT_S)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"copydesk {arguments} still runs after {TIMEOUT_S} s")
        return Ended(process.exitcode, out.read_text(), err.read_text())


def refused(*arguments: object, given: bytes = b"", cwd: Path = ROOT, **variables: str) -> str:
    """The one line that a call ends with which cannot be served."""
    ended = run(*arguments, given=given, cwd=cwd, **variables)
    assert ended.status == 2, ended
    assert ended.err.count("\n") == 1, ended.err
    assert "Traceback" not in ended.err
    return ended.err
