"""What the rules of freshness and consistency say about the corpus, for reading by hand.

    python bench/furniture.py CORPUS                    # counts: fired, by rule, on clean blocks; pairs that were not run
    python bench/furniture.py CORPUS --draw 100 --text  # findings of consistency, stratified by rule, with their words
    python bench/furniture.py CORPUS --headlines        # every headline at which truncated-headline fires
    python bench/furniture.py CORPUS --halves           # stale lines by half: sha256 of the text, even and odd

The scrapes carry the date that the corpus' scorer sets, a year before the run's ``now``. Without ``--text`` only documents,
rules and places are printed, never the corpus' words. A sample takes findings from each rule in turn until it is full, in an
order that ``--seed`` alone decides; verdicts on it stand in docs/readings.md.
"""

import argparse
import collections
import hashlib
import html
import json
import random
import tempfile
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import corpus
from leftover_model import plain
from quality import ALL, NOW, scorer

from rules.core.catalogue import choose
from rules.core.engine import lint
from rules.core.submission import Submission

CATEGORIES = ("freshness", "consistency")
LONG = 8  # words from which a headline is cut
SHORT = 4  # letters of an article, a preposition, a conjunction
RULES = [rule for rule in choose() if rule.category in CATEGORIES]


class Found(NamedTuple):
    """One finding and where it stands."""

    document: str
    finding: dict[str, Any]

    @property
    def place(self) -> str:
        """The block's number, or what the finding is about when it has none."""
        block = self.finding["block"]
        return str(block["index"]) if block else "metadata"


def main() -> None:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--draw", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--headlines", action="store_true")
    parser.add_argument("--halves", action="store_true")
    options = parser.parse_args()
    folder = corpus.folder(options)
    if options.halves:
        show_halves(folder)
        return
    reports = [(document.name, report(document.content, document.name)) for document in documents(folder)]
    if options.headlines:
        show_headlines(reports, options)
    elif options.draw:
        show_draw(reports, options)
    else:
        show_counts(folder, reports)


def documents(folder: Path) -> Iterator[corpus.Document]:
    """The scrapes, then the whole pages."""
    return chain(corpus.scrapes(folder), corpus.pages(folder))


def report(content: bytes, name: str) -> dict[str, Any]:
    """The report of these rules alone."""
    return lint(Submission(content, kind="html", path=name), now=NOW, rules=RULES, strict=True)


def show_counts(folder: Path, reports: list[tuple[str, dict[str, Any]]]) -> None:
    """What fired and what did not run, by rule; and freshness on blocks that the corpus labels clean."""
    fired, silent = collections.Counter[str](), collections.Counter[str]()
    for _, made in reports:
        fired.update(f"{finding['category']} {finding['rule']} {finding['severity']}" for finding in made["findings"])
        silent.update(f"{row['rule']}: {row['reason']}" for row in made["not_run"])
    print(f"{len(reports)} documents, {len(RULES)} rules")
    for title, counts in (("fired", fired), ("not run", silent)):
        print(f"{title}: {sum(counts.values())}")
        for name, count in sorted(counts.items()):
            print(f"  {count:5} {name}")
    clean = collections.defaultdict(list)
    for row in corpus.rows(folder, "blocks"):
        if row["label"] == "clean":
            clean[row["doc"]].append(plain(row["text"]))
    hits = [
        Found(name, finding)
        for name, made in reports
        for finding in made["findings"]
        if finding["category"] == "freshness" and any(plain(finding["text"]) in text for text in clean.get(name, ()))
    ]
    print(f"freshness on {sum(map(len, clean.values()))} clean blocks: {len(hits)}")
    for hit in hits:
        print(f"  {hit.document} | {hit.place} | {hit.finding['rule']}")


def show_draw(reports: list[tuple[str, dict[str, Any]]], options: argparse.Namespace) -> None:
    """The sample, as rows of a table."""
    by_rule: dict[str, list[Found]] = {}
    for name, made in reports:
        for finding in made["findings"]:
            if finding["category"] == "consistency":
                by_rule.setdefault(finding["rule"], []).append(Found(name, finding))
    print(f"{sum(map(len, by_rule.values()))} findings of consistency by {len(by_rule)} rules")
    for found in draw(by_rule, options.draw, options.seed):
        said = f" {found.finding['message']} “{found.finding['text']}” {found.finding['evidence']}" if options.text else ""
        print(f"| {found.document} | {found.place} | {found.finding['rule']} |{said}")


def draw(by_rule: dict[str, list[Found]], count: int, seed: int) -> list[Found]:
    """Findings from each rule in turn until there are enough."""
    chance = random.Random(seed)
    shuffled = [chance.sample(found, len(found)) for _, found in sorted(by_rule.items())]
    return [found for row in zip_longest(*shuffled) for found in row if found is not None][:count]


def show_headlines(reports: list[tuple[str, dict[str, Any]]], options: argparse.Namespace) -> None:
    """How many headlines there are, and those that truncated-headline calls cut."""
    headlines = {made["article"]["headline"] for _, made in reports if made["article"]["headline"]}
    hits = [Found(name, f) for name, made in reports for f in made["findings"] if f["rule"] == "truncated-headline"]
    print(f"{len(headlines)} different headlines; truncated-headline fires at {len(hits)}")
    for hit in hits:
        print(f"| {hit.document} | {hit.finding['severity']} |{' ' + hit.finding['text'] if options.text else ''}")
    cut = list(cut_short(sorted(headlines), options.seed))
    found = sum(bool(cut_report(headline)["findings"]) for headline in cut)
    ends = [headline for headline in cut if headline.split()[-1].islower() and len(headline.split()[-1]) <= SHORT]
    small = sum(bool(cut_report(headline)["findings"]) for headline in ends)
    print(f"cut after a word of the second half: {found} of {len(cut)} found; after a short word, {small} of {len(ends)}")


def cut_short(headlines: list[str], seed: int) -> Iterator[str]:
    """Each long headline without its end, as a field with a limit cuts it between two words."""
    chance = random.Random(seed)
    for headline in headlines:
        words = headline.split()
        if len(words) >= LONG:
            yield " ".join(words[: chance.randrange(len(words) // 2, len(words))])


def cut_report(headline: str) -> dict[str, Any]:
    """The report on a page that has this headline and no other field of it."""
    rules = [rule for rule in RULES if rule.name == "truncated-headline"]
    page = f'<html lang="en"><body><article><h1>{html.escape(headline)}</h1><p>Rain fell.</p></article></body></html>'
    return lint(Submission(page, kind="html"), now=NOW, rules=rules, strict=True)


def show_halves(folder: Path) -> None:
    """The corpus' scorer on each half of the stale lines."""
    judge = scorer(folder)
    halves: dict[int, list[str]] = {0: [], 1: []}
    for name, text, row in judge.line_docs(folder):
        if name.startswith("stale"):
            half = int(hashlib.sha256(row["text"].encode()).hexdigest(), 16) % 2
            halves[half].append(json.dumps(lint(Submission(text.encode(), kind="html", path=name), now=NOW, strict=True)))
    for half, made in halves.items():
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.write("\n".join(made))
            file.flush()
            figures = judge.lines(folder, file.name, ALL)[0]
        for kind in ("stale en", "stale other languages"):
            print(f"{'even' if not half else 'odd'} half, {kind}: {figures[kind]}")


if __name__ == "__main__":
    main()
