"""What the pages say against what there is: commands, options, files, settings."""

import re
from collections import defaultdict
from pathlib import Path

import click
import pytest

from service.cli.main import copydesk

CONTEXT = click.Context(copydesk)
ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_there(page):
    for words in re.findall(r"\bcopydesk ((?:[a-z-]+)(?: \| [a-z]+)*)(?=[ `\n.:|])", page.read_text("utf-8")):
        for name in words.split(" | "):
            assert copydesk.get_command(CONTEXT, name) is not None, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_are_there(page):
    text = page.read_text("utf-8")
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:rules|reports|workers|service|bench|docs|tests)/[\w./-]*\w(?:\.\w+)?/?)`", text)
    missing = [link for link in linked if not (page.parent / link).exists()]
    missing += [name for name in named if not (ROOT / name).exists() and "dead" not in name]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tests_are_there(page):
    """``test_webhook::test_no_signature`` names a function, ``test_webhook`` alone its file."""
    files: defaultdict[str, str] = defaultdict(str)
    for path in (ROOT / "tests").rglob("test_*.py"):
        files[path.stem] += path.read_text("utf-8")
    named = re.findall(r"`(test_\w+)(?:::(test_\w+))?`", page.read_text("utf-8"))
    assert [pair for pair in named if f"def {pair[1] or 'test_'}" not in files[pair[0]]] == []


def test_make_targets_are_there():
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
    used = {name for page in PAGES for name in re.findall(r"\bmake ([a-z]+)\b", page.read_text("utf-8"))}
    assert used - targets <= {"it", "something"}


def test_settings_are_those_of_the_code():
    code = (ROOT / "reports" / "settings.py").read_text("utf-8")
    said = set(re.findall(r"`(COPYDESK_\w+)`", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    assert said == set(re.findall(r'"(COPYDESK_\w+)"', code))
