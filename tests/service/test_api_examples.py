"""docs/api.md, example by example, as a reader would paste them: a real shell, a real curl, a real web and worker."""

import json
import re
import subprocess
from dataclasses import replace

import pytest

from tests.conftest import until
from tests.service.command_line import ROOT
from tests.service.conftest import free_port, serve_web

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[1:]  # the first sets the shell up


def commands() -> list[str]:
    return [command for block in EXAMPLES for command in re.split(r"(?m)^(?=api )", block) if command.strip()]


@pytest.fixture
def shell(settings, redis_server, start, token, editor):
    """Runs one command after the page's own set-up; gives the status and the body."""
    chosen = replace(settings, port=free_port())
    secret = token("read", "submit", "write")
    start("worker")

    def run(command: str) -> tuple[int, str]:
        known = f"export COPYDESK=http://127.0.0.1:{chosen.port}/api/v1 TOKEN={secret}\nshopt -s expand_aliases\n"
        alias = re.search(r"(?m)^alias api=.*$", PAGE)
        assert alias
        script = f"{known}{alias[0]}\n{command.rstrip()} --write-out '\\n%{{http_code}}'\n"
        ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
        body, _, status = ended.stdout.rpartition("\n")
        return int(status), body

    with serve_web(chosen):
        yield run


def test_every_example_works(shell):
    first, *others = commands()
    assert len(others) > 15
    status, body = shell(first)
    assert (status, json.loads(body)["article"]) == (200, 1)
    until(lambda: shell(others[0])[0] == 200)
    for command in others:
        status, body = shell(command)
        assert status == 200, (command, body)
        if "format=sarif" in command:
            assert json.loads(body)["version"] == "2.1.0"
        if "text/csv" in command:
            assert body.startswith("path,headline,severity")
        if command.startswith('api "$COPYDESK/findings?state'):
            assert json.loads(body)["findings"]
