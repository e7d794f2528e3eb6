"""What a command imports: the linter starts in an environment of lxml and click, and quickly."""

import importlib
import subprocess
import sys

import pytest

from service.cli.main import COMMANDS
from tests.service.command_line import ROOT, environ, run

HEAVY = set(
    "flask werkzeug celery kombu sqlalchemy alembic redis gunicorn multiprocessing dateutil bs4 argon2 zxcvbn "
    "logging zoneinfo".split()
)
SCRIPT = """
import sys
from service.cli.main import copydesk
copydesk.main(sys.argv[1:], standalone_mode=False)
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["check", "service/samples"], ["rules"], ["rules", "stale-note"]], ids=" ".join)
def test_the_linter_needs_no_service(arguments: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT,
        env=environ(),
    )
    imported = set(ended.stderr.splitlines()[-1].split())
    assert "lxml" in imported
    assert not imported & HEAVY


def test_help_names_every_command_without_importing_it() -> None:
    out = run("--help").out
    for name, (_, line) in COMMANDS.items():
        assert name in out
        assert line in out.replace("\n" + " " * 12, " ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    module, _ = COMMANDS[name]
    command = getattr(importlib.import_module(module), name.replace("-", "_"))
    assert command.name == name
    assert command.help


def test_version() -> None:
    assert run("--version").out.startswith("copydesk ")
