"""The strict runner: an example's marks are exactly what its rule finds, and its fix gives exactly what it says."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rules.core import repair
from rules.core.engine import lint
from rules.core.errors import BadRuleError
from rules.core.options import configure
from rules.core.rule import Example, Rule
from rules.core.similarity import Neighbour
from rules.core.submission import Metadata, Submission, parse_time

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)  # of examples that do not name their own
_MARK = re.compile("⟦(.*?)⟧", re.DOTALL)
_CASE = re.compile(
    r"^## (?P<why>.+?)\n(?P<options>(?:^[a-z_]+: [^\n]*\n)*)\n*```(?P<form>html|text)\n(?P<body>.*?)\n```"
    r"(?:\n+fixed:\n+```html\n(?P<fixed>.*?)\n```)?",
    re.MULTILINE | re.DOTALL,
)
_TIMES = ("now", "published_at", "modified_at")


class ExampleError(AssertionError):
    """An example and its rule disagree; the message says what was expected and what was found."""


def run_example(rule: Rule, example: Example) -> None:
    """Raises ExampleError unless the rule finds exactly the marked spans, once each, and fixes exactly as said."""
    marked = example.html if example.html is not None else example.text or ""
    source, wanted = unmark(marked)
    report = _lint(rule, example, source)
    found = list(_spans(report))
    if len(set(found)) != len(found):
        raise ExampleError(f"{rule.name}: {example.why}: the same place was found twice")
    if example.whole_input != (bool(report["findings"]) and not found):
        raise ExampleError(f"{rule.name}: {example.why}: {_say(report)}")
    if sorted(found) != sorted(wanted):
        raise ExampleError(
            f"{rule.name}: {example.why}: wanted {_cut(source, wanted)}, found {_cut(source, found)}; {_say(report)}"
        )
    if example.count is not None and [f["count"] for f in report["findings"]] != [example.count]:
        raise ExampleError(f"{rule.name}: {example.why}: wanted one finding seen {example.count} times; {_say(report)}")
    _check_fix(rule, example, source, report)


def read_cases(path: Path) -> tuple[Example, ...]:
    """The examples of a ``tests/rules/<slug>.md``: a heading, options as ``name: value`` lines, a fenced block."""
    text = path.read_text(encoding="utf-8")
    cases = tuple(_case(match) for match in _CASE.finditer(text))
    if len(cases) != len(re.findall(r"^## ", text, re.MULTILINE)):
        raise BadRuleError(f"{path}: not every '## ' heading is followed by options and one fenced html or text block.")
    return cases


def unmark(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The source without its marks, and where they stood."""
    spans, source, at = [], "", 0
    for match in _MARK.finditer(marked):
        source += marked[at : match.start()]
        spans.append((len(source), len(source) + len(match[1])))
        source += match[1]
        at = match.end()
    return source + marked[at:], spans


def _lint(rule: Rule, example: Example, source: str) -> dict[str, Any]:
    given = ("published_at", "modified_at", "kind", "headline", "language")
    metadata = Metadata(**{name: getattr(example, name) for name in given})
    kind = "html" if example.html is not None else "text"
    submission = Submission(source, kind=kind, url=example.url, metadata=metadata)  # type: ignore[arg-type]
    neighbours = tuple(Neighbour(url, "Another headline", share) for url, share in example.neighbours.items())
    rules = [configure(rule, example.options)]
    return lint(submission, now=example.now or NOW, rules=rules, neighbours=neighbours, strict=True)


def _spans(report: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for finding in report["findings"]:
        for span in (finding["span"], *finding["also"]):
            if span:
                yield span["start"], span["end"]


def _check_fix(rule: Rule, example: Example, source: str, report: dict[str, Any]) -> None:
    edits = [(e["start"], e["end"], e["text"]) for f in report["findings"] if f["fix"] for e in f["fix"]["edits"]]
    if example.fixed is None:
        if any(f["fix"] and f["fix"]["safe"] for f in report["findings"]):
            gives = repair.apply(source, edits)
            raise ExampleError(f"{rule.name}: {example.why}: a safe fix that the example does not declare gives {gives!r}")
        return
    fixed = repair.apply(source, edits)
    if fixed != example.fixed:
        raise ExampleError(f"{rule.name}: {example.why}: the fix gives {fixed!r}, wanted {example.fixed!r}")
    if _lint(rule, example, fixed)["findings"]:
        raise ExampleError(f"{rule.name}: {example.why}: what the fix leaves is not clean")


def _case(match: re.Match[str]) -> Example:
    options: dict[str, Any] = dict(line.split(": ", 1) for line in match["options"].splitlines())
    for name in _TIMES:
        if name in options:
            options[name] = parse_time(options[name])
    if "count" in options:
        options["count"] = int(options["count"])
    options |= {"why": match["why"], match["form"]: match["body"], "fixed": match["fixed"]}
    return Example(**options)


def _cut(source: str, spans: list[tuple[int, int]]) -> list[str]:
    return [source[a:b] for a, b in spans]


def _say(report: dict[str, Any]) -> str:
    return "; ".join(f"{f['message']} {f['text']!r}" for f in report["findings"]) or f"nothing found ({report['not_run']})"
