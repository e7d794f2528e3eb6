"""A megabyte of every hostile text, and of each rule's own trigger: seconds of the processor, rule by rule.

    python bench/adversarial.py [--size 1000000] [--rule NAME]

Four times the text may take GROWTH times as long; more is named, as is a rule that its budget cut off. Exit 1 when anything grew
faster than its text, or one rule took longer than LIMIT.
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rules.core.article import Article, read  # noqa: E402
from rules.core.rule import BudgetExceededError, Context, NotRunError, Rule, budget_for  # noqa: E402
from rules.core.submission import Metadata, Submission  # noqa: E402
from tests.rules.adversarial import HOSTILE, filled, rules, trigger  # noqa: E402

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
PUBLISHED = Metadata(published_at=datetime(2026, 3, 1, 10, tzinfo=UTC), language="en")
GROWTH = 8.0  # 4 is linear, 16 is quadratic
FLOOR_S = 0.1  # shorter is no cost, whatever its growth
LIMIT_S = 10.0  # for one rule and one megabyte: 1 s for each 100 kB


def main() -> None:
    options = _options()
    bad = 0
    chosen = [rule for rule in rules() if options.rule in (None, rule.name)]
    print(f"{options.size:,} characters; slowest rules of each text, seconds of the processor")
    for name, piece in HOSTILE.items():
        bad += _measure(name, piece, chosen, options.size)
    for rule in chosen:
        bad += _measure(f"trigger of {rule.name}", trigger(rule), [rule], options.size)
    print(f"{bad} grew faster than their text or took too long")
    raise SystemExit(1 if bad else 0)


def _measure(name: str, piece: str, chosen: list[Rule], size: int) -> int:
    reading, large = _read(piece, size)
    quarter, small = _read(piece, size // 4)
    bad = [f"reading took {quarter:.1f} s, then {reading:.1f} s"] if _grew(quarter, reading) else []
    times, cut = {}, []
    for rule in chosen:
        took, over = _check(rule, large)
        times[rule.name] = took
        cut += [rule.name] if over else []
        if took > FLOOR_S and not over:
            before = _check(rule, small)[0]
            bad += [f"{rule.name}: {before:.2f} s, then {took:.2f} s"] if _grew(before, took) or took > LIMIT_S else []
        elif took > LIMIT_S:
            bad.append(f"{rule.name}: {took:.1f} s before its budget cut it off")
    slowest = ", ".join(f"{rule} {took:.2f}" for rule, took in sorted(times.items(), key=lambda row: -row[1])[:3])
    print(f"{name:34} reading {reading:6.2f}  {slowest}" + (f"  cut off: {', '.join(cut)}" if cut else ""), flush=True)
    for what in bad:
        print(f"    BAD {what}", flush=True)
    return len(bad)


def _grew(before: float, after: float) -> bool:
    return after > FLOOR_S and after > GROWTH * max(before, FLOOR_S / 4)


def _read(piece: str, size: int) -> tuple[float, Article]:
    """The article with what rules share in it, and how long that took."""
    began = time.process_time()
    made = read(Submission(filled(piece, size), "html", metadata=PUBLISHED))
    _ = made.quotations, made.attributions, made.text, made.words, made.language
    for block in made.blocks:
        made.sentences(block)
    return time.process_time() - began, made


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
    return parser.parse_args()


if __name__ == "__main__":
    main()
