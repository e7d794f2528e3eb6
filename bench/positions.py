"""How many findings have a position, and whether every position is right: the slice, decoded, is the flagged text.

    python bench/positions.py CORPUS

Reads every page and every scrape of the corpus. A position is right when the source's slice, parsed by BeautifulSoup with the
standard library's parser (which the engine does not use), has the same letters as the finding's text.
"""

import collections
import html
from datetime import UTC, datetime
from itertools import chain

import corpus
from bs4 import BeautifulSoup, Comment

from rules.core.article import read
from rules.core.blocks import SKIPPED
from rules.core.engine import lint
from rules.core.submission import Submission

NOW = datetime(2025, 3, 5, 10, tzinfo=UTC)


def main() -> None:
    folder = corpus.folder(corpus.parser(__doc__ or "").parse_args())
    counts: collections.Counter[str] = collections.Counter()
    for document in chain(corpus.pages(folder), corpus.scrapes(folder)):
        submission = Submission(document.content, kind="html", path=document.name)
        report = lint(submission, now=NOW)
        source = read(submission).source if report["findings"] else ""
        counts["documents"] += 1
        for finding in report["findings"]:
            judge(finding, source, document.name, counts)
    placed = counts["with a position"] / max(1, counts["findings"])
    right = counts["right"] / max(1, counts["positions"])
    for name in ("documents", "findings", "with a position", "positions", "right", "about the whole input"):
        print(f"{name}: {counts[name]}")
    print(f"findings with a position: {placed:.4%}; positions that are right: {right:.4%}")


def judge(finding: dict, source: str, name: str, counts: collections.Counter[str]) -> None:
    """Counts one finding and every position it names."""
    if not finding["text"]:
        counts["about the whole input"] += 1
        return
    counts["findings"] += 1
    counts["with a position"] += finding["span"] is not None
    for span in (finding["span"], *finding["also"]):
        if span is None:
            print("no position:", name, finding["rule"], finding["position_note"])
            continue
        counts["positions"] += 1
        seen = shown(source[span["start"] : span["end"]])
        ok = letters(finding["text"]) in (letters(seen), letters(html.unescape(seen)))
        counts["right"] += ok
        if not ok:
            print("wrong:", name, finding["rule"], span)


def shown(piece: str) -> str:
    """What a piece of source shows, by another parser."""
    soup = BeautifulSoup(f"<div>{piece}</div>", "html.parser")
    for node in soup.find_all(list(SKIPPED)):
        node.decompose()
    return "".join(text for text in soup.find_all(string=True) if not isinstance(text, Comment))


def letters(text: str) -> str:
    """Without white space."""
    return "".join(text.split()).lower()


if __name__ == "__main__":
    main()
