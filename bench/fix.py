"""Whether ``copydesk fix`` keeps every clean block of the corpus, and is done after one run.

    python bench/fix.py CORPUS

Applies the safe fixes to every scrape; then each block that is labelled as the story must still stand in the text, and a second
run must offer no edit.
"""

import collections
from datetime import UTC, datetime
from pathlib import Path

import corpus
from leftover_model import plain

from rules.core import repair
from rules.core.article import read
from rules.core.catalogue import choose
from rules.core.decoding import decode
from rules.core.engine import lint
from rules.core.submission import Submission

NOW = datetime(2025, 3, 5, 10, tzinfo=UTC)
ROUNDS = 20
STORY = frozenset({"clean", "B", "C", "N"})


def main() -> None:
    folder = corpus.folder(corpus.parser(__doc__ or "").parse_args())
    for title, unsafe in (("safe fixes", False), ("all fixes", True)):
        counts = measure(folder, unsafe=unsafe)
        print(f"{title}: " + ", ".join(f"{name} {number}" for name, number in counts.items()))


def measure(folder: Path, *, unsafe: bool) -> collections.Counter[str]:
    story = collections.defaultdict(set)
    junk = collections.defaultdict(set)
    for row in corpus.rows(folder, "blocks"):
        kept = story if row["label"] in STORY else junk
        kept[row["doc"]].add(plain(row["text"]))
    counts: collections.Counter[str] = collections.Counter()
    for document in corpus.scrapes(folder):
        text = decode(document.content).text
        fixed = mend(text, unsafe=unsafe)
        counts["documents"] += 1
        counts["changed"] += fixed != text
        counts["not done after one run"] += mend(fixed, unsafe=unsafe) != fixed
        before, after = words(text), words(fixed)
        for block in story[document.name] - junk[document.name]:
            counts["blocks of the story"] += f" {block} " in before
            counts["of these lost"] += f" {block} " in before and f" {block} " not in after
    return counts


def mend(text: str, *, unsafe: bool) -> str:
    for _ in range(ROUNDS):
        report = lint(Submission(text, kind="html"), now=NOW, rules=choose())
        edits = repair.edits(report["findings"], unsafe=unsafe)
        if not edits:
            break
        text = repair.apply(text, edits)
    return text


def words(text: str) -> str:
    return f" {plain(' '.join(block.text for block in read(Submission(text, kind='html')).blocks))} "


if __name__ == "__main__":
    main()
