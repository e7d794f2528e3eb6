"""Every rule of the catalogue keeps the contract: help page, severity, examples for its traps, exact spans, clean fixes."""

import ast
import inspect
from dataclasses import fields
from pathlib import Path
from typing import ClassVar, get_origin

import pytest

from rules.core.catalogue import choose, find, load
from rules.core.errors import BadRuleError
from rules.core.examples import ExampleError, read_cases, run_example
from rules.core.findings import Severity
from rules.core.rule import HELP_HEADINGS, Example, Rule

CASES = Path(__file__).parent
RULES = {rule.name: rule for rule in load()}
EXAMPLES = [(rule, example) for rule in load() for example in rule.examples]
LONG_TAIL = [
    (rule, case) for rule in load() if (CASES / f"{rule.name}.md").exists() for case in read_cases(CASES / f"{rule.name}.md")
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES + LONG_TAIL, ids=lambda item: getattr(item, "name", None) or item.why)
def test_example(rule: Rule, example: Example) -> None:
    run_example(rule, example)


@pytest.mark.parametrize("rule", load(), ids=lambda rule: rule.name)
def test_help_page(rule: Rule) -> None:
    headings = [line for line in rule.help.splitlines() if line.startswith("## ")]
    assert headings == list(HELP_HEADINGS)
    assert rule.summary.endswith(".")
    assert len(rule.summary) < 100


@pytest.mark.parametrize("rule", load(), ids=lambda rule: rule.name)
def test_examples_teach_both_sides(rule: Rule) -> None:
    caught = [e for e in rule.examples if e.whole_input or "⟦" in (e.html or e.text or "")]
    silent = [e for e in rule.examples if e not in caught]
    assert caught, "an example of what is found"
    assert silent, "an example of what must stay silent"


@pytest.mark.parametrize("rule", load(), ids=lambda rule: rule.name)
def test_severity_is_the_highest_it_carries(rule: Rule) -> None:
    assert rule.severity in Severity


@pytest.mark.parametrize("rule", load(), ids=lambda rule: rule.name)
def test_every_field_is_an_option(rule: Rule) -> None:
    """A rule with a field and without the decorator would run, and nobody could set the option."""
    kinds = inspect.get_annotations(type(rule)).items()
    named = {name for name, kind in kinds if ClassVar not in (kind, get_origin(kind))}
    assert named <= {item.name for item in fields(rule)}


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.md")} <= set(RULES)


def test_no_rule_computes_an_offset_in_the_source() -> None:
    for path in (CASES.parent.parent / "rules").glob("*.py"):
        nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
        names = {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "article"}
        assert "source" not in names, path.name
        assert "positions" not in names, path.name


def test_unknown_rule_names_the_near_ones() -> None:
    with pytest.raises(BadRuleError, match="widget-error-text"):
        find("widget-error")


def test_select_and_ignore() -> None:
    assert [rule.name for rule in choose(select=["stale-note", "no-story"], ignore=["no-story"])] == ["stale-note"]
    assert "no-story" not in {rule.name for rule in choose(ignore=["no-story"])}


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (Example(why="wrong place", html="<p>Rain ⟦fell⟧.</p><p>An error has occurred.</p>"), "wanted"),
        (Example(why="none wanted", html="<p>Rain.</p><p>An error has occurred.</p>"), "wanted"),
        (Example(why="wrong count", html="<p>Rain.</p><p>⟦An error has occurred.⟧</p>", count=2), "seen 2 times"),
        (
            Example(
                why="undeclared fix",
                html='<p>Rain.</p><div class="error">⟦An error has occurred.⟧</div>',
            ),
            "does not declare",
        ),
        (
            Example(
                why="another result",
                html='<p>Rain.</p><div class="error">⟦An error has occurred.⟧</div>',
                fixed="<p>Rain.</p><div></div>",
            ),
            "the fix gives",
        ),
    ],
    ids=lambda item: getattr(item, "why", None),
)
def test_runner_is_strict(example: Example, said: str) -> None:
    with pytest.raises(ExampleError, match=said):
        run_example(find("widget-error-text"), example)


def test_case_file_with_a_broken_heading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stale-note.md"
    path.write_text("## no block under this\n\nprose\n")
    with pytest.raises(BadRuleError, match="fenced"):
        read_cases(path)
