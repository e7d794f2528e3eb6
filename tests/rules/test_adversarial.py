"""No rule's work grows faster than its article, whatever stands in it. Counted in lines of Python that ran, not in seconds.

bench/adversarial.py does the same with a megabyte, and a clock.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from types import FrameType
from typing import Any

import pytest

from rules import name_spelled_two_ways
from rules.core.article import Article, read
from rules.core.engine import lint
from rules.core.findings import Finding
from rules.core.rule import BudgetExceededError, Context, NotRunError, Rule, budget_for
from rules.core.submission import Metadata, Submission
from tests.rules.adversarial import HOSTILE, filled, rules, trigger

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
PUBLISHED = Metadata(published_at=datetime(2026, 3, 1, 10, tzinfo=UTC), language="en")
SMALL, LARGE = 1_500, 6_000
GROWTH = 7.0  # four times the text: 4 is linear, 16 is quadratic; between them lies what is n log n and what stops early
WHOLE_GROWTH = 4.5  # of a whole report, in which nothing stops early: its largest is 4.1
FLOOR = 4_000  # lines; less than that is no cost, whatever its growth


@cache
def article(piece: str, size: int) -> Article:
    """Read once for all rules, with everything in it that rules share computed already: each rule ran once."""
    made = read(Submission(filled(piece, size), "html", metadata=PUBLISHED))
    for rule in rules():
        check(rule, made)
    return made


def submission(name: str, size: int) -> Submission:
    return Submission(filled(HOSTILE[name], size), "html", metadata=PUBLISHED)


def lines_of(call: Callable[[], object]) -> int:
    """How many lines of Python ``call`` runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def check(rule: Rule, made: Article) -> list[Finding]:
    try:
        return list(rule.check(made, Context(NOW, budget_for(made))))
    except (BudgetExceededError, NotRunError):
        return []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_work_grows_with_the_text(rule: Rule) -> None:
    bad = {}
    for name, piece in {"its own trigger": trigger(rule), **HOSTILE}.items():
        made = article(piece, LARGE)
        large = lines_of(lambda made=made: check(rule, made))
        if large < FLOOR:
            continue
        made = article(piece, SMALL)
        small = lines_of(lambda made=made: check(rule, made))
        if large > GROWTH * max(small, FLOOR / 4):
            bad[name] = f"{small} lines, then {large}"
    assert not bad


@pytest.mark.parametrize("name", HOSTILE)
def test_a_whole_report_grows_with_the_text(name: str) -> None:
    """Reading, what rules share, the rules, resolution, positions and fixes: four times the text is four times the work."""
    lint(submission(name, 500), now=NOW)  # what is loaded once is no cost of a text
    counts = [lines_of(lambda size=size: lint(submission(name, size), now=NOW)) for size in (2 * SMALL, 2 * LARGE)]
    assert counts[1] <= WHOLE_GROWTH * max(counts[0], FLOOR), counts


@pytest.mark.parametrize(
    "shape",
    [
        "<div>{lines}</div>",
        "<div><div><h2><a href=/x>H</a></h2><ul>{items}</ul></div>{empty}</div>",
        "<div>{cards}</div>",
        "<div><div><h2>{anchors}</h2><p>A line of some words.</p></div></div>",
    ],
    ids=["lines", "a-card-of-many-lines", "many-cards", "a-headline-of-many-links"],
)
def test_the_region_of_a_page_of_lines_and_teasers_is_found_in_time_that_grows_with_it(shape: str) -> None:
    def page(count: int) -> Submission:
        pieces = {
            "lines": "<p>A line of some words.</p>" * count,
            "items": "<li>A line of some words.</li>" * count,
            "empty": "<div>x</div>" * count,
            "cards": "<div><h2><a href=/x>H</a></h2><p>A line of some words.</p></div>" * count,
            "anchors": "<a href=#x>H</a>" * count,
        }
        return Submission(f"<html><head><title>T</title></head><body><nav>N</nav>{shape.format(**pieces)}</body></html>", "html")

    counts = [lines_of(lambda count=count: read(page(count))) for count in (100, 400)]
    assert counts[1] <= WHOLE_GROWTH * max(counts[0], FLOOR), counts


def test_each_of_many_names_in_two_spellings_costs_the_same() -> None:
    def article(count: int) -> Article:
        firsts = ("A" + "".join("abcdefgh"[number // 8**place % 8] for place in range(4)) for number in range(count))
        return read(Submission(" ".join(f"{first} Oldfield left. {first} Oldfeild came." for first in firsts), "text"))

    rule = next(rule for rule in rules() if rule.name == "name-spelled-two-ways")
    small, large = article(100), article(400)
    assert len(check(rule, large)) == 400
    counts = [lines_of(lambda made=made: check(rule, made)) for made in (small, large)]
    assert counts[1] <= WHOLE_GROWTH * counts[0], counts


def test_a_name_in_two_spellings_is_looked_up_in_its_paragraph_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In characters that are searched: one search of a long text is one line."""
    searched = 0

    class Counting:
        def search(self, text: str) -> None:
            nonlocal searched
            searched += len(text)

    rule = next(rule for rule in rules() if rule.name == "name-spelled-two-ways")
    made = read(Submission("David Oldfield left. David Oldfeild came. " * 100, "text"))
    monkeypatch.setattr(name_spelled_two_ways, "_SPELLING", Counting())
    assert check(rule, made)
    assert 0 < searched <= len(made.text)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_report_comes_out_of_it(name: str) -> None:
    """Nothing crashes, and a rule that was cut off is named."""
    report = lint(submission(name, 20_000), now=NOW, strict=True)
    assert {row["reason"] for row in report["not_run"] if "crashed" in row["reason"]} == set()


def test_a_rule_over_its_budget_is_cut_off_and_named() -> None:
    rule = next(rule for rule in rules() if rule.name == "stale-note")

    class Greedy(type(rule)):  # type: ignore[misc]
        name = "greedy"

        def check(self, article, context):
            while True:
                context.spend(len(article.text))
                yield from ()

    report = lint(Submission(filled("a ", 20_000), "html"), now=NOW, rules=[Greedy(), rule])
    assert {"rule": "greedy", "reason": "over its work budget"} in report["not_run"]
