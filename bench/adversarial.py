"""A megabyte of every hostile text, and of each rule's own trigger: seconds of the processor at a quarter, a half and all of it.

    python bench/adversarial.py [--size 1000000] [--rule NAME] [--write docs/adversarial.md]

Measured are what rules share, each rule, and the whole report with its positions and fixes.
Twice the text may take GROWTH times as long; more is named, as is a rule that its budget cut off. Exit 1 when anything grew
faster than its text, or one rule took longer than LIMIT_S. ``--write`` puts the figures into a page.
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rules.core.article import Article, read  # noqa: E402
from rules.core.engine import lint  # noqa: E402
from rules.core.rule import BudgetExceededError, Context, NotRunError, Rule, budget_for  # noqa: E402
from rules.core.submission import Metadata, Submission  # noqa: E402
from tests.rules.adversarial import HOSTILE, filled, rules, trigger  # noqa: E402

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
PUBLISHED = Metadata(published_at=datetime(2026, 3, 1, 10, tzinfo=UTC), language="en")
GROWTH = 3.0  # 2 is linear, 4 is quadratic; measured with a clock that others disturb
FLOOR_S = 0.2  # shorter is no cost, whatever its growth
LIMIT_S = 10.0  # for one rule and one megabyte: 1 s for each 100 kB
SHARES = (0.25, 0.5, 1.0)
HEAD = """# Text that is made to cost

Seconds of the processor for {sizes} characters of each text, measured by `bench/adversarial.py`. Reading is the tree, the
blocks and what all rules share: sentences, quotations, who said what. The report is everything: reading, every rule, positions
and fixes. A rule that is cut off went over its budget of work, which grows with the text; the report names it under `not_run` and
has the findings of all others. `tests/rules/test_adversarial.py` counts the same in lines of Python that run, for every rule and
every text.

No text makes reading it or a rule cost more than in proportion, or more than a second for each 100,000 characters. A whole report
costs most where the most blocks are flagged: `closed tags` is a paragraph for every eight characters.

| text | reading | slowest rule | it took | the report | cut off by its budget |
|---|---|---|---|---|---|
"""


def main() -> None:
    options = _options()
    chosen = [rule for rule in rules() if options.rule in (None, rule.name)]
    texts = [(name, piece, chosen) for name, piece in HOSTILE.items()]
    texts += [(f"trigger of {rule.name}", trigger(rule), [rule]) for rule in chosen]
    sizes = [round(options.size * share) for share in SHARES]
    page, bad = [HEAD.format(sizes=", ".join(f"{size:,}" for size in sizes))], 0
    for name, piece, tried in texts:
        row, faults = _measure(name, piece, tried, sizes)
        page.append(row)
        print(row.rstrip(), *(f"\n    BAD {fault}" for fault in faults), flush=True)
        bad += len(faults)
    print(f"{bad} grew faster than their text or took too long")
    if options.write:
        options.write.write_text("".join(page), encoding="utf-8")
    raise SystemExit(1 if bad else 0)


def _measure(name: str, piece: str, tried: list[Rule], sizes: list[int]) -> tuple[str, list[str]]:
    """One text: its row of the page, and what is wrong."""
    made = [_read(piece, size) for size in sizes]
    reading = [took for took, _ in made]
    times = {rule.name: [_check(rule, article) for _, article in made] for rule in tried}
    cut = [rule for rule, runs in times.items() if runs[-1][1]]
    slowest, runs = max(times.items(), key=lambda row: row[1][-1][0])
    whole = [_report(piece, size) for size in sizes]
    shared = (("reading", reading), ("the report", whole))
    faults = [f"{what} took {_told(took)}" for what, took in shared if _grew(took)]
    for rule, all_runs in times.items():
        took = [seconds for seconds, _ in all_runs]
        if took[-1] > LIMIT_S or (_grew(took) and not any(over for _, over in all_runs)):
            faults.append(f"{rule} took {_told(took)}")
    cells = (name, _told(reading), slowest, _told([seconds for seconds, _ in runs]), _told(whole), ", ".join(cut))
    return f"| {' | '.join(cells)} |\n", faults


def _told(seconds: list[float]) -> str:
    return " / ".join(f"{took:.2f}" for took in seconds)


def _grew(took: list[float]) -> bool:
    """Whether both steps grew faster than the text: one alone may be a disturbance."""
    quarter, half, whole = took
    return whole > FLOOR_S and whole > GROWTH * half and half > GROWTH * max(quarter, FLOOR_S / 8)


def _read(piece: str, size: int) -> tuple[float, Article]:
    """The article with what rules share in it, and how long that took."""
    began = time.process_time()
    made = read(Submission(filled(piece, size), "html", metadata=PUBLISHED))
    _ = made.quotations, made.attributions, made.text, made.words, made.language
    for block in made.blocks:
        made.sentences(block)
    return time.process_time() - began, made


def _report(piece: str, size: int) -> float:
    """How long everything took, with every rule."""
    began = time.process_time()
    lint(Submission(filled(piece, size), "html", metadata=PUBLISHED), now=NOW)
    return time.process_time() - began


def _check(rule: Rule, made: Article) -> tuple[float, bool]:
    began, over = time.process_time(), False
    try:
        for _ in rule.check(made, Context(NOW, budget_for(made))):
            pass
    except BudgetExceededError:
        over = True
    except NotRunError:
        pass
    return time.process_time() - began, over


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rule", help="this one alone")
    parser.add_argument("--write", type=Path, help="a page for the figures")
    return parser.parse_args()


if __name__ == "__main__":
    main()
