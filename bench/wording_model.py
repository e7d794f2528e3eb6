"""Trains the weights of ``rules/core/wording.py``: how pages speak, and how stories are told.

    python bench/wording_model.py CORPUS          (writes rules/data/wording.json)

Logistic regression with an L2 penalty (scikit-learn, liblinear) over the corpus' labelled blocks of at most sixty words and the
lines of ``bench/wording/``, which are our own: written for this, outlet by outlet and vendor by vendor, without a look at the
corpus or at the rules' lists. Widgets and promotion are the page's voice; the story, its captions and notes are not; the
article's furniture is left out, for it is neither. What fewer than five publishers or lines of our own say is left out too.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import corpus
from leftover_model import JUNK, fit, fold_of, plain

from rules.core.blocks import normalised
from rules.core.leftovers import MAX_WORDS
from rules.core.linear import Linear
from rules.core.phrases import DATA
from rules.core.wording import features

OUT = DATA / "wording.json"
LINES = Path(__file__).resolve().parent / "wording"
PENALTY = 1.0  # scikit-learn's C
LEAST = 0.15  # a smaller weight is dropped: half of them are, and two in a hundred of the judged widgets with them
TOLD_BY_OTHERS = 2.0  # what a publisher's story line counts, beside ours: in it a false alarm would stand
STORY = frozenset({"clean", "B", "C", "N"})


class Line(NamedTuple):
    """One text: who says it (a publisher, or a line of our own), whether a page does, and its features."""

    origin: str
    is_page: bool
    features: frozenset[str]
    is_ours: bool = False


def lines(folder: Path) -> list[Line]:
    """The corpus' blocks, each wording of a publisher once, and our own lines."""
    domains = {row["id"]: row["domain"] for row in corpus.rows(folder, "scrapes")}
    found: dict[tuple[str, str], Line] = {}
    for row in corpus.rows(folder, "blocks"):
        if row["label"] in STORY | JUNK and 0 < len(row["text"].split()) <= MAX_WORDS:
            origin = domains[row["doc"]]
            found.setdefault((origin, plain(row["text"])), _line(origin, row["text"], is_page=row["label"] in JUNK))
    return [*found.values(), *own_lines()]


def own_lines() -> list[Line]:
    """The lines of ``bench/wording/``."""
    made = []
    for path in sorted(LINES.glob("*.jsonl")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(text)
            line = _line(f"{path.stem} {number}", row["text"], is_page=row["label"] != "copy")
            made.append(line._replace(is_ours=True))
    return made


def train_folds(examples: Sequence[Line], folds: int) -> list[Linear]:
    """A model for each fold of publishers, of the lines of all others and our own."""
    return [train([line for line in examples if line.is_ours or fold_of(line.origin, folds) != fold]) for fold in range(folds)]


def _line(origin: str, text: str, *, is_page: bool) -> Line:
    return Line(origin, is_page, frozenset(features(normalised(text), text)))


def train(examples: Sequence[Line]) -> Linear:
    """The model of these lines."""
    weights = [1.0 if line.is_ours or line.is_page else TOLD_BY_OTHERS for line in examples]
    return fit([(line.origin, line.features, line.is_page) for line in examples], PENALTY, weights, digits=2, least=LEAST)


def main() -> None:
    examples = lines(corpus.folder(corpus.parser(__doc__ or "").parse_args()))
    model = train(examples)
    OUT.write_text(json.dumps(model.__dict__, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(examples)} lines, {len(model.weights)} weights -> {OUT.name}")


if __name__ == "__main__":
    main()
