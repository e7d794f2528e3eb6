"""``copydesk rules`` and ``new-rule``."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rules.core.catalogue import load
from tests.service.command_line import ROOT, environ, refused, run

RUN_EXAMPLES = """
from pathlib import Path
from rules.core.catalogue import find
from rules.core.examples import read_cases, run_example
for example in (*find("frog-rain").examples, *read_cases(Path("tests/rules/frog-rain.md"))):
    run_example(find("frog-rain"), example)
print("all examples hold")
"""


def test_the_catalogue_names_every_rule() -> None:
    out = run("rules").out
    for rule in load():
        assert rule.name in out
        assert rule.summary in out


def test_a_help_page_with_its_examples() -> None:
    out = run("rules", "stale-note").out
    assert "## Why it matters" in out
    assert "max_age = 12:00:00" in out
    assert "⟦" in out


def test_an_unknown_rule() -> None:
    assert "stale-note" in refused("rules", "stale")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A working copy with the engine and its rules."""
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    _copy(ROOT / "rules", tmp_path / "rules")
    (tmp_path / "pyproject.toml").write_text('version = "7.1.0"\n')
    return tmp_path


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.suffix in (".py", ".toml", ".json"):
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())


def examples_hold(checkout: Path) -> bool:
    command = [sys.executable, "-P", "-c", RUN_EXAMPLES]
    ended = subprocess.run(
        command, cwd=checkout, env=environ(PYTHONPATH=str(checkout)), capture_output=True, text=True, timeout=60, check=False
    )
    return "all examples hold" in ended.stdout


def test_a_new_rule_fails_until_it_is_filled_in(checkout: Path) -> None:
    ended = run("new-rule", "frog-rain", cwd=checkout)
    module, cases = checkout / "rules" / "frog_rain.py", checkout / "tests" / "rules" / "frog-rain.md"
    assert ended.status == 0
    assert "rules/frog_rain.py" in ended.out
    assert 'since: ClassVar = "7.1.0"' in module.read_text()
    assert not examples_hold(checkout)
    written = "".join(line for line in module.read_text().splitlines(keepends=True) if "NotImplementedError" not in line)
    module.write_text(written)
    assert cases.exists()
    assert examples_hold(checkout)


def test_the_skeleton_is_in_good_style(checkout: Path) -> None:
    run("new-rule", "frog-rain", cwd=checkout)
    ruff = [sys.executable, "-m", "ruff"]
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", str(checkout / "rules" / "frog_rain.py")]
    assert (
        subprocess.run([*ruff, "check", *settings], capture_output=True, check=False, timeout=60).stdout
        == b"All checks passed!\n"
    )
    assert subprocess.run([*ruff, "format", "--check", *settings], capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("name", ["stale-note", "Frog", "frog_rain", "-frog", "frog--rain", "core", "class", "../frog"])
def test_names_that_are_none(name: str, checkout: Path) -> None:
    refused("new-rule", "--", name, cwd=checkout)


def test_outside_a_checkout(tmp_path: Path) -> None:
    assert "checkout" in refused("new-rule", "frog-rain", cwd=tmp_path)


def test_a_rule_that_is_there_is_not_overwritten(checkout: Path) -> None:
    (checkout / "tests" / "rules" / "frog-rain.md").write_text("mine")
    assert "is there already" in refused("new-rule", "frog-rain", cwd=checkout)
    assert not (checkout / "rules" / "frog_rain.py").exists()


def test_no_rule_is_left_a_skeleton() -> None:
    """No line or text begins with the word that a new rule's blanks begin with."""
    for path in [*(ROOT / "rules").glob("*.py"), *(ROOT / "tests" / "rules").glob("*.md")]:
        assert re.search(r'(?m)(?:^[#\s]*|")TK: ', path.read_text()) is None, path.name
