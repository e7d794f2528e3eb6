"""How good the rules are on the corpus, on publishers left out; writes docs/quality.md (``make quality``).

    python bench/quality.py CORPUS [--folds 5] [--check]

The learned weights are trained anew for each fold on the other folds' publishers; the corpus' own scorer counts. ``--check``
compares with bench/floors.json, which a change may not lower silently, and ends with status 1 below a floor. The page names
rules and counts, never the corpus' text.
"""

import collections
import hashlib
import importlib.util
import json
import sys
import tempfile
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import corpus
import wording_model
from leftover_model import fold_of, plain, rows, train

from rules.core.catalogue import choose
from rules.core.engine import lint
from rules.core.linear import Linear
from rules.core.residue import ResidueRule
from rules.core.rule import Rule
from rules.core.submission import Submission
from rules.leftover_block import LeftoverBlock

NOW = datetime(2025, 3, 5, 10, tzinfo=UTC)  # a year after the date that the scorer sets into the scrapes
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "quality.md"
FLOORS = ROOT / "bench" / "floors.json"
SCRAPERS = ("readability", "newspaper4k", "trafilatura")
ALL = {"error", "warning", "note"}
ABOUT = """Written by `make quality CORPUS=…` on corpus {corpus}: 1,197 scrapes of 409 English news pages by three scrapers,
labelled block by block. Learned weights are those of {folds} folds by publisher, each judged on publishers that it has not seen.
Word lists come from vendors' and publishers' templates; they were read against a part of this corpus too, so that the figures of
the named rules are those of development. What was read by hand stands in docs/readings.md."""
ASIDE = {"sourcing", "freshness"}  # categories that flag good prose by right


def main() -> None:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="compare with bench/floors.json")
    options = parser.parse_args()
    folder = corpus.folder(options)
    reports = lint_scrapes(folder, options.folds)
    figures = measure(folder, reports)
    PAGE.write_text(render(figures, options.folds, digest(folder)), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    floors = json.loads(FLOORS.read_text("utf-8"))
    below = {name: (figures[name], floor) for name, floor in floors.items() if short(figures[name], floor)}
    for name, (reached, floor) in below.items():
        print(f"below the floor: {name} {reached} ({floor})")
    if options.check and below:
        sys.exit(1)


def short(reached: float, floor: list[float]) -> bool:
    """Whether a figure lies outside of its floor: [lowest, highest]."""
    return not floor[0] <= reached <= floor[1]


def lint_scrapes(folder: Path, folds: int) -> list[dict[str, Any]]:
    """A report for each scrape, by weights that were trained without its publisher's fold."""
    examples = rows(folder)
    voices = wording_model.train_folds(wording_model.lines(folder), folds)
    chosen = [
        ruleset(train([row for row in examples if fold_of(row.domain, folds) != fold]), voices[fold]) for fold in range(folds)
    ]
    made = []
    for document in corpus.scrapes(folder):
        submission = Submission(document.content, kind="html", path=file_name(document.name))
        made.append(lint(submission, now=NOW, rules=chosen[fold_of(document.domain, folds)], strict=True))
    return made


def ruleset(model: Linear, voices: Linear) -> list[Rule]:
    """Every rule, with these models."""
    return [_weighed(rule, model, voices) for rule in choose()]


def _weighed(rule: Rule, model: Linear, voices: Linear) -> Rule:
    """The rule with the weights of one fold; a copy, for the catalogue's rules are shared.

    Whether a story says "you" by its own sentences is told with the weights that ship; the figures are the same without it.
    """
    if isinstance(rule, LeftoverBlock):
        return replace(rule, model=model, voices=voices)
    if isinstance(rule, ResidueRule):
        rule = copy(rule)
        rule.voices = voices
    return rule


def file_name(document: str) -> str:
    """The name under which the corpus' scorer knows a scrape."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in document).strip("-") + ".html"


def measure(folder: Path, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Every figure of the page, by name."""
    judge = scorer(folder)
    whole, errors = junk(judge, folder, reports, ALL), junk(judge, folder, reports, {"error"})
    figures = {
        "precision": whole["all"]["precision"], "widget recall": whole["widget_recall"],
        "promotion recall": whole["promotion_recall"], "articles with a false alarm": whole["articles_with_a_false_alarm"],
        "precision of errors": errors["all"]["precision"], "rules": whole["precision_by_rule"],
        "not judged": whole["flagged_but_not_judged"],
    }  # fmt: skip
    figures["scrapers"] = {
        name: junk(judge, folder, [r for r in reports if r["path"].endswith(f"-{name}.html")], ALL) for name in SCRAPERS
    }
    figures |= clean_blocks(folder, reports)
    return figures | lines(judge, folder)


def scorer(folder: Path) -> ModuleType:
    """The corpus' own scorer as a module."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def junk(judge: ModuleType, folder: Path, reports: list[dict[str, Any]], severities: set[str]) -> dict[str, Any]:
    """The scorer's figures on leftovers."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(report) + "\n" for report in reports)
        file.flush()
        figures: dict[str, Any] = judge.junk(folder, file.name, severities)[0]
        return figures


def lines(judge: ModuleType, folder: Path) -> dict[str, float]:
    """The scorer's figures on single wordings in a clean article."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for name, text, _ in judge.line_docs(folder):
            file.write(json.dumps(lint(Submission(text.encode(), kind="html", path=name), now=NOW, strict=True)) + "\n")
        file.flush()
        found = judge.lines(folder, file.name, ALL)[0]
    return {
        f"{kind} lines, {figure}": found[kind][figure]
        for kind in ("widget en", "widget other languages", "stale en", "stale other languages")
        for figure in ("precision", "recall")
    }


def clean_blocks(folder: Path, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Clean blocks that any rule but those of sourcing and freshness flags: how many, of how many, by which rule."""
    flagged = {
        report["path"]: [
            (finding["rule"], plain(text))
            for finding in report["findings"]
            if finding["category"] not in ASIDE
            for text in finding["text"].split("\n")
            if plain(text)
        ]
        for report in reports
    }
    count = 0
    rules: collections.Counter[str] = collections.Counter()
    for row in corpus.rows(folder, "blocks"):
        if row["label"] == "clean":
            count += 1
            text = plain(row["text"])
            rules.update({rule for rule, found in flagged[file_name(row["doc"])] if found == text})
    return {
        "clean blocks": count,
        "clean blocks flagged": sum(rules.values()),
        "clean blocks flagged by": dict(rules.most_common()),
    }


def digest(folder: Path) -> str:
    """The corpus in twelve digits."""
    made = hashlib.sha256()
    for path in sorted(folder.glob("*.gz")):
        made.update(path.read_bytes())
    return made.hexdigest()[:12]


def render(figures: dict[str, Any], folds: int, corpus_digest: str) -> str:
    """The page."""
    aims = json.loads(FLOORS.read_text("utf-8"))
    out = ["# Quality", "", ABOUT.format(corpus=corpus_digest, folds=folds), "", "| figure | reached | floor |", "|---|---|---|"]
    for name, value in figures.items():
        if isinstance(value, (int, float)):
            floor = aims.get(name)
            shown = "" if floor is None else f"at least {floor[0]}" if floor[0] else f"at most {floor[1]}"
            out.append(f"| {name} | {value} | {shown} |")
    out += ["", "## By scraper", "", "| scraper | precision | widget recall | promotion recall | articles with a false alarm |"]
    out.append("|---|---|---|---|---|")
    for name, found in figures["scrapers"].items():
        cells = (
            found["all"]["precision"],
            found["widget_recall"],
            found["promotion_recall"],
            found["articles_with_a_false_alarm"],
        )
        out.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    out += ["", "## By rule", "", "Right, of the judged blocks that it flagged.", "", "| rule | right |", "|---|---|"]
    out += [f"| {rule} | {right} |" for rule, right in figures["rules"].items()]
    out += ["", "Clean blocks flagged, by rule: " + say(figures["clean blocks flagged by"]) + "."]
    out += ["", "Flagged and not judged (`null`: no label, `M`: the article's furniture): " + say(figures["not judged"]) + "."]
    return "\n".join(out) + "\n"


def say(counts: dict[str, int]) -> str:
    """Counts as a list."""
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


if __name__ == "__main__":
    main()
