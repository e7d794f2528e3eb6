"""Draws what people read to judge the sourcing rules and the attribution map, by a stated seed.

    python bench/sourcing_readings.py CORPUS rate                  (findings in 1,000 words of the clean story bodies, by rule)
    python bench/sourcing_readings.py CORPUS sheet OUT             (60 flagged sentences among 60 others, and who was flagged)
    python bench/sourcing_readings.py CORPUS attributions OUT [--seed 11]  (100 clear ones, by weights new to their document)

A sheet names no rule: ``OUT/sheet.jsonl`` is what a reader sees, ``OUT/key.jsonl`` what is opened afterwards. Neither is kept in
the project, for both hold the corpus' text; docs/readings.md keeps ids and verdicts.
"""

import argparse
import collections
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import corpus
from sourcing_model import FOLDS, documents, fold_of, train

from rules.core.article import read
from rules.core.catalogue import choose
from rules.core.engine import lint
from rules.core.sourcing.attributions import is_clear
from rules.core.submission import Metadata, Submission

NOW = datetime(2024, 3, 5, 12, tzinfo=UTC)
SEED = 20261125
SHEET = 60
ATTRIBUTIONS = 100
HARMFUL = ("error", "warning")


class Flag(NamedTuple):
    """A finding of severity warning or error: the rule, and the text it marks."""

    rule: str
    severity: str
    text: str
    block: int


class Story(NamedTuple):
    """The clean body of one page: what a person says belongs to the story, of one scrape, without markup."""

    name: str
    submission: Submission


def stories(folder: Path) -> Iterator[Story]:
    """The clean bodies, one a page: of the scrape that has most of it."""
    scrapes = {row["id"]: row for row in corpus.rows(folder, "scrapes")}
    bodies: dict[str, list[str]] = collections.defaultdict(list)
    for row in corpus.rows(folder, "blocks"):
        if row["label"] == "clean":
            bodies[row["doc"]].append(" ".join(row["text"].split()))
    best: dict[str, str] = {}
    for doc in sorted(bodies):
        page = doc.partition("#")[0]
        if page not in best or len(" ".join(bodies[doc])) > len(" ".join(bodies[best[page]])):
            best[page] = doc
    for page, doc in best.items():
        row = scrapes[doc]
        metadata = Metadata(headline=row["title"] or None)
        yield Story(page, Submission("\n\n".join(bodies[doc]), "text", url=row["url"], metadata=metadata))


def flags(report: dict[str, Any]) -> list[Flag]:
    """The sourcing findings of a report that ask an editor to act."""
    return [
        Flag(found["rule"], found["severity"], found["text"], found["block"]["index"])
        for found in report["findings"]
        if found["category"] == "sourcing" and found["severity"] in HARMFUL
    ]


def rate(folder: Path) -> None:
    """Prints how many findings there are in 1,000 words, of each severity and by rule."""
    words, count, pages = 0, collections.Counter[str](), 0
    for story in stories(folder):
        report = lint(story.submission, now=NOW, rules=RULES, strict=True)
        words += report["article"]["words"]
        pages += 1
        for found in report["findings"]:
            count[f"{found['severity']} {found['rule']}"] += 1
            count[found["severity"]] += 1
    harmful = sum(count[severity] for severity in HARMFUL)
    print(f"{pages} stories, {words:,} words: {harmful} warnings and errors, {1000 * harmful / words:.2f} in 1,000 words")
    for name, number in sorted(count.items()):
        print(f"  {name}: {number}")


def sheet(folder: Path, out: Path) -> None:
    """Writes the mixed sheet and its key."""
    chance = random.Random(SEED)
    flagged, others = [], []
    for story in stories(folder):
        found = flags(lint(story.submission, now=NOW, rules=RULES, strict=True))
        article = read(story.submission)
        marked = {flag.block for flag in found}
        rows = {flag: _row(story.name, article, flag) for flag in found}
        flagged += [(row, flag) for flag, row in rows.items()]
        free = [sentence for block in article.prose if block.index not in marked for sentence in article.sentences(block)]
        others += [(_sentence(story.name, article, sentence), None) for sentence in chance.sample(free, min(2, len(free)))]
    drawn = chance.sample(flagged, min(SHEET, len(flagged))) + chance.sample(others, SHEET)
    chance.shuffle(drawn)
    _write(out / "sheet.jsonl", [row | {"id": number} for number, (row, _) in enumerate(drawn)])
    _write(
        out / "key.jsonl",
        [{"id": number, "flag": flag and flag[:2], "page": row["page"]} for number, (row, flag) in enumerate(drawn)],
    )
    print(f"{len(flagged)} findings in all; {len(drawn)} rows -> {out}")


def _row(page: str, article: Any, flag: Flag) -> dict[str, Any]:
    block = article.blocks[flag.block]
    sentences = article.sentences(block)
    at = block.text.find(flag.text)
    whole = next((sentence.text for sentence in sentences if sentence.start <= at < sentence.end), flag.text)
    return _context(page, article, block) | {"sentence": whole}


def _sentence(page: str, article: Any, sentence: Any) -> dict[str, Any]:
    return _context(page, article, sentence.block) | {"sentence": sentence.text}


def _context(page: str, article: Any, block: Any) -> dict[str, Any]:
    near = [article.blocks[at].text for at in range(max(0, block.index - 3), min(len(article.blocks), block.index + 3))]
    return {"page": page, "headline": article.headline.text if article.headline else None, "around": near}


def attributions(folder: Path, out: Path, seed: int) -> None:
    """Writes clear attributions with a source and a content, each by weights that have not seen its document."""
    found = documents(folder)
    chance = random.Random(seed)
    rows = []
    for fold in range(FOLDS):
        tagger = train([many for name, many in found.items() if fold_of(name) != fold])
        for name, many in found.items():
            if fold_of(name) != fold:
                continue
            for t in (paragraph.tokens for paragraph in many):
                for tagged in tagger.tag(t):
                    if tagged.cue and tagged.source and tagged.contents and is_clear(t, tagged):
                        said = " … ".join(t.text[slice(*t.span(*span))] for span in tagged.contents)
                        cue, source = (t.text[slice(*t.span(*span))] for span in (tagged.cue[:2], tagged.source))
                        rows.append({"page": name, "paragraph": t.text, "source": source, "cue": cue, "content": said})
    unique = list({json.dumps(row | {"page": ""}): row for row in rows}.values())
    drawn = chance.sample(unique, ATTRIBUTIONS)
    _write(out / "attributions.jsonl", [row | {"id": number} for number, row in enumerate(drawn)])
    print(f"{len(unique)} attributions with source, cue and content; {len(drawn)} -> {out}")


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


RULES = [rule for rule in choose() if rule.category == "sourcing"]


def main() -> None:
    parser: argparse.ArgumentParser = corpus.parser(__doc__ or "")
    parser.add_argument("what", choices=("rate", "sheet", "attributions"))
    parser.add_argument("out", type=Path, nargs="?", default=Path("readings"))
    parser.add_argument("--seed", type=int, default=SEED, help="of the hundred attributions")
    arguments = parser.parse_args()
    folder = corpus.folder(arguments)
    if arguments.what == "rate":
        rate(folder)
    elif arguments.what == "sheet":
        sheet(folder, arguments.out)
    else:
        attributions(folder, arguments.out, arguments.seed)


if __name__ == "__main__":
    main()
