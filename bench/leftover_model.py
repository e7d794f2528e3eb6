"""Trains the weights of ``leftover-block`` on the corpus' labelled blocks.

    python bench/leftover_model.py CORPUS          (writes rules/data/leftover-block.json)

Logistic regression with an L2 penalty (scikit-learn, liblinear) over the features of ``rules/core/leftovers.py`` that five
publishers or more have. Widgets and promotion are leftovers; the story, its captions and its notes are not, and weigh twice
where a reader had to decide; the article's furniture weighs half. A publisher with many alike blocks counts as the root of
their number.
"""

import collections
import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import corpus

from rules import leftover_block
from rules.core.article import read
from rules.core.linear import Linear
from rules.core.rule import Context
from rules.core.submission import Submission

OUT = Path(leftover_block.__file__).parent / "data" / "leftover-block.json"
NOW = datetime(2025, 3, 5, 10, tzinfo=UTC)
PENALTY = 0.05  # scikit-learn's C; .02 to .2 differ by less than a point on publishers left out
PUBLISHERS = 5  # fewer say nothing about the others
WEIGHTS = {"M": 0.5, "B": 2.0, "C": 2.0, "N": 2.0}
FULL = 6  # as many alike labels of one publisher count whole
JUNK = frozenset("WP")


class Row(NamedTuple):
    """One block: its publisher, its label, its features."""

    domain: str
    label: str
    features: frozenset[str]


def fold_of(domain: str, folds: int) -> int:
    """The publisher's fold, as the corpus' scorer cuts them."""
    return int(hashlib.sha256(domain.encode()).hexdigest(), 16) % folds


def rows(folder: Path) -> list[Row]:
    """Every labelled block that the rule looks at."""
    gold: dict[str, dict[str, str]] = collections.defaultdict(dict)
    for row in corpus.rows(folder, "blocks"):
        key = plain(row["text"])
        if row["label"] and gold[row["doc"]].get(key) not in JUNK:
            gold[row["doc"]][key] = row["label"]
    return [row for document in corpus.scrapes(folder) for row in _rows(document, gold[document.name])]


def _rows(document: corpus.Document, labels: dict[str, str]) -> Iterator[Row]:
    article = read(Submission(document.content, kind="html", path=document.name))
    for block, features in leftover_block.candidates(article, Context(NOW, 1 << 40)):
        label = labels.get(plain(block.text))
        if label:
            yield Row(document.domain, label, frozenset(features))


def plain(text: str) -> str:
    """Letters and digits alone, lower case."""
    return " ".join("".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", text).lower()).split())


def train(examples: Sequence[Row]) -> Linear:
    """The model of these rows."""
    alike = collections.Counter((row.domain, row.label) for row in examples)
    weights = [_weight(row, alike[row.domain, row.label]) for row in examples]
    return fit([(row.domain, row.features, row.label in JUNK) for row in examples], PENALTY, weights)


def fit(
    examples: Sequence[tuple[str, frozenset[str], bool]],
    penalty: float,
    weights: Sequence[float] | None = None,
    *,
    digits: int = 3,
    least: float = 0.001,
) -> Linear:
    """The model of examples: whose each is, its features, whether it is a leftover. Few publishers' features are left out.

    ``penalty`` is scikit-learn's C, ``weights`` what each example counts; the learned weights are rounded to ``digits``, those
    below ``least`` dropped.
    """
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - for training alone; pip install scikit-learn
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    seen: dict[str, set[str]] = collections.defaultdict(set)
    for origin, features, _ in examples:
        for feature in features:
            seen[feature].add(origin)
    names = sorted(feature for feature, origins in seen.items() if len(origins) >= PUBLISHERS)
    column = {name: number for number, name in enumerate(names)}
    cells = [[column[feature] for feature in sorted(features) if feature in column] for _, features, _ in examples]
    starts = [0]
    for row_cells in cells:
        starts.append(starts[-1] + len(row_cells))
    flat = [cell for row_cells in cells for cell in row_cells]
    matrix = csr_matrix(([1.0] * len(flat), flat, starts), shape=(len(cells), len(names)))
    model = LogisticRegression(C=penalty, max_iter=400, solver="liblinear", random_state=0)
    model.fit(matrix, [is_leftover for _, _, is_leftover in examples], sample_weight=weights)
    learned = {name: round(float(weight), digits) for name, weight in zip(names, model.coef_[0], strict=True)}
    kept = {name: weight for name, weight in learned.items() if abs(weight) >= least}
    bias = round(float(model.intercept_[0]), 3)
    return Linear(hashlib.sha256(json.dumps([bias, kept]).encode()).hexdigest()[:12], bias, kept)


def _weight(row: Row, alike: int) -> float:
    if row.label == "clean":
        return 1.0
    return WEIGHTS.get(row.label, 1.0) * 1.5 * min(1.0, (FULL / alike) ** 0.5)


def main() -> None:
    folder = corpus.folder(corpus.parser(__doc__ or "").parse_args())
    examples = rows(folder)
    model = train(examples)
    OUT.write_text(json.dumps(model.__dict__, indent=0) + "\n", encoding="utf-8")
    print(f"{len(examples)} blocks, {len(model.weights)} weights -> {OUT.name}")


if __name__ == "__main__":
    main()
