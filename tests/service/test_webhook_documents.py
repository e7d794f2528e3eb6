"""Every ``copydesk source add`` of docs/webhooks.md is run as it stands, and every kind is there."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.source import source
from service.webhooks.kinds import KINDS

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
COMMANDS = [
    line.replace("\\\n", " ") for line in re.findall(r"^    (copydesk source (?:add|change) (?:.*\\\n)*.*)$", TEXT, re.MULTILINE)
]


@pytest.mark.parametrize("command", [line for line in COMMANDS if " add " in line])
def test_a_source_is_made_as_the_page_says(command, settings, monkeypatch):
    monkeypatch.setenv("COPYDESK_DATA", str(settings.data_dir))
    words = shlex.split(command)[2:]
    made = CliRunner().invoke(source, words)
    assert made.exit_code == 0, (made.output, made.exception)
    for change in COMMANDS:
        if " change " in change and "ghost" in words and "ghost" in change:
            changed = CliRunner().invoke(source, shlex.split(change)[2:])
            assert changed.exit_code == 0, (changed.output, changed.exception)


def test_every_kind_is_on_the_page():
    shown = {word for command in COMMANDS for word in re.findall(r"--kind (\S+)", command)} | {"standard"}
    assert shown == set(KINDS)
