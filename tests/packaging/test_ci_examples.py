"""docs/ci.md and .pre-commit-hooks.yaml: valid, and every command in them run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.service.command_line import CLEAN, FAULTY, ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def block(name: str) -> dict:
    found = re.search(rf"```yaml\n# {re.escape(name)}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


@pytest.fixture
def shell(tmp_path: Path):
    """A folder of stories, and ``copydesk`` on the PATH as a job has it."""
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "a.html").write_bytes(FAULTY)
    (tmp_path / "stories" / "b.html").write_bytes(CLEAN)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command],
            cwd=tmp_path,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_the_workflow_s_steps(shell, tmp_path):
    steps = {
        step["name"]: step["run"] for step in block(".github/workflows/stories.yml")["jobs"]["copydesk"]["steps"] if "run" in step
    }
    assert set(steps) == {"install", "annotate", "report"}
    annotated = shell(steps["annotate"])
    assert annotated.returncode == 1
    assert annotated.stdout.startswith("::error file=stories/a.html,line=1,")
    assert shell(steps["report"]).returncode == 0
    assert json.loads((tmp_path / "copydesk.sarif").read_text())["runs"][0]["results"]


def test_a_baseline_lets_only_new_findings_fail(shell, tmp_path):
    write, check = re.findall(r"(?m)^    (copydesk check .*)$", PAGE)[:2]
    assert shell(write).returncode == 0
    assert shell(check).returncode == 0
    (tmp_path / "stories" / "b.html").write_bytes(b"<!-- moved -->\n\n" + FAULTY.replace(b"article.title", b"article.byline"))
    assert shell(check).returncode == 1


def test_the_hook_is_valid():
    ended = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "looked_at"),
    [
        ("a.html", True),
        ("a.HTML", False),
        ("b/a.htm", True),
        ("a.xhtml", True),
        ("a.txt.gz", True),
        ("a.md", False),
        ("html", False),
    ],
)
def test_which_files_the_hook_looks_at(name, looked_at):
    (hook,) = yaml.safe_load(HOOKS.read_text())
    assert bool(re.search(hook["files"], name)) is looked_at


def test_the_hook_runs(shell):
    (hook,) = yaml.safe_load(HOOKS.read_text())
    (used,) = block(".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    command = " ".join([hook["entry"], *used["args"]])
    assert shell(f"{command} stories/a.html stories/b.html").returncode == 1
    assert shell(f"{command} stories/b.html").returncode == 0
