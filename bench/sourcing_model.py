"""Trains the weights of the attribution map on the corpus' annotated articles.

    python bench/sourcing_model.py CORPUS                  (writes rules/data/sourcing.json)
    python bench/sourcing_model.py CORPUS --left-out       (trains on four folds of five, tags the fifth, scores as score.py does)
    python bench/sourcing_model.py CORPUS --left-out OUT   (the same, and writes reports for score.py attribution)

Seven linear models, each with an L2 penalty and fitted by L-BFGS (SciPy): logistic regression for what is yes or no, a log-linear
ranking (conditional logit) where one span of several is chosen. A paragraph that several people annotated counts as one.
"""

import collections
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import corpus
import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from rules.core.linear import Linear
from rules.core.phrases import DATA
from rules.core.sourcing import contents, cues
from rules.core.sourcing.choices import Choice, Span
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.lexicon import verb_forms
from rules.core.sourcing.sources import sources
from rules.core.sourcing.tables import spell_out
from rules.core.sourcing.tagger import NEXT, READINGS, Tagger
from rules.core.sourcing.tokens import Tokens, tokenise

FOLDS = 5
PENALTY = {"cue": 3.0, "left": 0.5, "right": 0.5, "source": 1.0, "after": 5.0, "before": 3.0, "quotation": 0.5}
SEEN = {"source": 3, "after": 3, "before": 3}  # how often a feature must occur; elsewhere twice
RANKED = ("source", "after", "before")
SMALL = 0.02  # weights below say nothing
TABLES = {name: spell_out(readings) for name, readings in READINGS.items()}


class Paragraph(NamedTuple):
    """An annotated paragraph: its tokens, its spans in tokens by kind, and one through how many people annotated it."""

    tokens: Tokens
    spans: dict[str, list[Span]]
    weight: float


@dataclass
class Examples:
    """The examples of one model; ``answers``: yes or no, or the number of the right row."""

    rows: list[Any] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, row: Any, answer: int, weight: float) -> None:
        self.rows.append(row)
        self.answers.append(answer)
        self.weights.append(weight)


def name_of(document: str) -> str:
    """The file name that score.py gives a document."""
    return re.sub(r"[^A-Za-z0-9]+", "-", document).strip("-") + ".txt"


def fold_of(document: str) -> int:
    """The document's fold, as score.py cuts them."""
    return int(hashlib.sha256(name_of(document).encode()).hexdigest(), 16) % FOLDS


def documents(folder: Path) -> dict[str, list[Paragraph]]:
    """The annotated articles, paragraph by paragraph."""
    rows = list(corpus.rows(folder, "attribution"))
    copies = collections.Counter(row["text"] for row in rows)
    found: dict[str, list[Paragraph]] = {}
    for row in rows:
        tokens = tokenise(row["text"])
        first = {offset: at for at, offset in enumerate(tokens.starts)}
        last = {offset + len(tokens.words[at]): at + 1 for offset, at in first.items()}
        spans: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
        for span in row["spans"]:
            spans[span["type"]].append((first[span["start"]], last[span["end"]]))
        kept = {kind: sorted(set(many)) for kind, many in spans.items()}
        found.setdefault(row["doc"], []).append(Paragraph(tokens, kept, 1 / copies[row["text"]]))
    return found


def head_of(t: Tokens, start: int, end: int) -> int | None:
    """The token that stands for a cue: its first reporting verb that governs no other one, else its last candidate."""
    inside = [at for at in t.heads if start <= at < end]
    verbs = [at for at in inside if t.lower[at] in verb_forms()]
    for at in verbs:
        governs = at + 2 < end and t.kinds[at + 1] == "o" and t.lower[at + 2] in verb_forms()
        noun = at > start and t.lower[at - 1] in ("a", "an", "the") and at != verbs[-1]
        if not governs and not noun:
            return at
    return (verbs or inside or [None])[-1]


class Aligned(NamedTuple):
    """A cue's own spans: the annotation does not say which belongs to which, so the nearest do."""

    source: Span | None
    before: list[Span]
    after: list[Span]


def align(t: Tokens, spans: dict[str, list[Span]]) -> dict[Span, Aligned]:
    """Each cue with the spans nearest to it."""
    found = {cue: Aligned(None, [], []) for cue in spans["cue"]}

    def distance(span: Span, cue: Span) -> float:
        low, high = (span[1], cue[0]) if span[1] <= cue[0] else (cue[1], span[0])
        far = 0.0
        for at in range(low, high):
            if any(start <= at < end for start, end in spans["source"]):
                continue
            far += 6.0 if any(start <= at < end for start, end in spans["cue"]) else 1.0
        return far

    for cue, own in found.items():
        here = [span for span in spans["source"] if t.sentence[span[0]] == t.sentence[cue[0]]]
        nearest = min(here, key=lambda span: distance(span, cue) + 0.5 * (span[0] >= cue[1]), default=None)
        found[cue] = own._replace(source=nearest)
    for span in spans["content"]:
        nearest_cue = min(found, key=lambda cue: distance(span, cue) + 0.3 * (span[1] <= cue[0]), default=None)
        if nearest_cue is not None and distance(span, nearest_cue) < 25:
            own = found[nearest_cue]
            (own.before if span[1] <= nearest_cue[0] else own.after).append(span)
    return found


def examples_of(documents: Sequence[list[Paragraph]]) -> dict[str, Examples]:
    """What each model is to learn."""
    found = {name: Examples() for name in READINGS}
    for paragraphs in documents:
        carried = False
        for paragraph in paragraphs:
            _learn(found, paragraph, carried=carried)
            t = paragraph.tokens
            carried = bool(t.quotes and not t.closed[-1])
    return found


def _learn(found: dict[str, Examples], paragraph: Paragraph, *, carried: bool) -> None:
    t, spans, weight = paragraph
    heads = {head: cue for cue in spans["cue"] if (head := head_of(t, *cue)) is not None}
    inside = {at for start, end in spans["cue"] for at in range(start, end)}
    for number, at in enumerate(t.heads):
        if at in heads or at not in inside:
            features = cues.weigh_neighbours(t, at, TABLES["cue"]) + cues.weigh_sentence(t, number, TABLES["cue"])
            found["cue"].add(features, at in heads, weight)
    aligned = align(t, spans)
    order = sorted(heads.items(), key=lambda item: item[1])
    for number, (head, (start, end)) in enumerate(order):
        _learn_extent(found, t, head, (start, end), weight)
        cue, own = Cue(start, end, head), aligned[start, end]
        sentence = t.sentences[t.sentence[head]]
        _learn_choice(found["source"], sources(t, cue, TABLES["source"]), own.source, weight)
        ahead = [other[0] for _, other in order[number + 1 :]]
        ahead += [span[0] for span in spans["source"] if span[0] >= end and span != own.source]
        following = own.after[0] if own.after else None
        if following and following[0] >= sentence[1] and not (following[0] == sentence[1] and t.lower[following[0] - 1] == ":"):
            following = None  # a sentence of its own: the quotation's model takes it
        taken = min(ahead, default=len(t.words))
        _learn_choice(found["after"], contents.after(t, cue, own.source, taken, TABLES["after"]), following, weight)
        floor = max((other[1] for _, other in order[:number]), default=0)
        leading = own.before[-1] if own.before else None
        if leading and leading[1] < sentence[0]:
            leading = None
        _learn_choice(found["before"], contents.before(t, cue, own.source, floor, TABLES["before"]), leading, weight)
    _learn_quotations(found["quotation"], paragraph, [Cue(*cue, head) for head, cue in order], aligned, carried=carried)


def _learn_extent(found: dict[str, Examples], t: Tokens, head: int, cue: Span, weight: float) -> None:
    first, last = t.sentences[t.sentence[head]]
    for start in range(head, max(first, head - cues.LEFT_MOST), -1):
        found["left"].add(cues.weigh_left(t, head, start, TABLES["left"]), start > cue[0], weight)
        if start <= cue[0]:
            break
    for end in range(head + 1, min(last, head + cues.RIGHT_MOST + 1)):
        found["right"].add(cues.weigh_right(t, head, end, TABLES["right"]), end < cue[1], weight)
        if end >= cue[1]:
            break


def _learn_choice(found: Examples, choice: Choice[list[str]], span: Span | None, weight: float) -> None:
    spans = choice.spans()
    if span is None or span in spans:
        found.add([choice.none, *spans.values()], 0 if span is None else 1 + list(spans).index(span), weight)


def _learn_quotations(
    found: Examples, paragraph: Paragraph, heads: list[Cue], aligned: dict[Span, Aligned], *, carried: bool
) -> None:
    t, spans, weight = paragraph
    own = [span for item in aligned.values() for span in (*item.before[-1:], *item.after[:1])]
    near = {
        span
        for span in own
        for head in heads
        if min(abs(span[0] - head.end), abs(head.start - span[1])) < 20 and t.sentence[span[0]] <= t.sentence[head.head]
    }
    for number, (start, end) in enumerate(t.quotes):
        if any(first < end and last > start for first, last in near):
            continue
        answer = any(first <= start + 1 and last >= end - 1 for first, last in spans["content"])
        earlier = [span for span in spans["content"] if span[1] <= start][-NEXT:]
        features = contents.weigh_quotation(t, number, heads, earlier, TABLES["quotation"], carried=carried)
        found.add(features, answer, weight)


def train(documents: Sequence[list[Paragraph]]) -> Tagger:
    """The tagger of these articles."""
    found = examples_of(documents)
    return Tagger({name: _fit(found[name], PENALTY[name], SEEN.get(name, 2), ranked=name in RANKED) for name in READINGS})


def _fit(examples: Examples, penalty: float, seen: int, *, ranked: bool) -> Linear:
    rows = [row for group in examples.rows for row in group] if ranked else examples.rows
    counts = collections.Counter(feature for row in rows for feature in set(row))
    names = sorted(name for name, count in counts.items() if count >= seen)
    column = {name: number for number, name in enumerate(names)}
    cells = [[column[feature] for feature in row if feature in column] for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in cells])])
    flat = np.array([cell for row in cells for cell in row])
    matrix = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(rows), len(names)))
    weights = np.array(examples.weights)
    answers = np.array(examples.answers)
    sizes = [len(group) for group in examples.rows] if ranked else []
    loss = _ranking(matrix, sizes, answers, weights, penalty) if ranked else _logistic(matrix, answers, weights, penalty)
    fitted = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    kept = {name: round(float(weight), 2) for name, weight in zip(names, fitted[:-1], strict=True) if abs(weight) >= SMALL}
    return Linear("", round(float(fitted[-1]), 3), kept)


def _logistic(matrix: Any, answers: Any, weights: Any, penalty: float) -> Any:
    signs = answers.astype(float) * 2 - 1

    def loss(fitted: Any) -> tuple[float, Any]:
        margin = signs * (matrix @ fitted[:-1] + fitted[-1])
        slope = -signs / (1 + np.exp(margin)) * weights
        value = (np.logaddexp(0, -margin) * weights).sum() + penalty * (fitted[:-1] @ fitted[:-1]) / 2
        return value, np.append(matrix.T @ slope + penalty * fitted[:-1], slope.sum())

    return loss


def _ranking(matrix: Any, sizes: Any, answers: Any, weights: Any, penalty: float) -> Any:
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group, right = np.repeat(np.arange(len(sizes)), sizes), starts + answers

    def loss(fitted: Any) -> tuple[float, Any]:
        scores = matrix @ fitted[:-1]
        highest = np.maximum.reduceat(scores, starts)
        powers = np.exp(scores - highest[group])
        sums = np.add.reduceat(powers, starts)
        slope = powers / sums[group] * weights[group]
        np.subtract.at(slope, right, weights)
        value = ((np.log(sums) + highest - scores[right]) * weights).sum() + penalty * (fitted[:-1] @ fitted[:-1]) / 2
        return value, np.append(matrix.T @ slope + penalty * fitted[:-1], 0.0)

    return loss


def tagged(tagger: Tagger, paragraphs: list[Paragraph]) -> Iterator[tuple[Paragraph, dict[str, set[Span]]]]:
    """Each paragraph with the spans that the tagger finds, by kind."""
    carried = False
    for paragraph in paragraphs:
        t = paragraph.tokens
        made = tagger.tag(t, carried=carried)
        carried = bool(t.quotes and not t.closed[-1])
        yield (
            paragraph,
            {
                "cue": {(item.cue.start, item.cue.end) for item in made if item.cue},
                "source": {item.source for item in made if item.source},
                "content": {span for item in made for span in item.contents},
            },
        )


def left_out(found: dict[str, list[Paragraph]]) -> dict[str, float]:
    """Exact F1 of the spans, characters' F1 of contents, and F1 of "this paragraph has one", on the folds left out."""
    count: collections.Counter[tuple[str, str]] = collections.Counter()
    for fold in range(FOLDS):
        tagger = train([many for name, many in found.items() if fold_of(name) != fold])
        for name, many in found.items():
            if fold_of(name) == fold:
                for paragraph, mine in tagged(tagger, many):
                    _count(count, paragraph, mine)
    scores = {}
    for kind in ("paragraph", "cue", "source", "content", "characters"):
        right, mine, gold = (count[kind, part] for part in ("right", "mine", "gold"))
        scores[kind] = round(2 * right / max(1, mine + gold), 3)
    return scores


def _count(count: collections.Counter[tuple[str, str]], paragraph: Paragraph, mine: dict[str, set[Span]]) -> None:
    t, gold = paragraph.tokens, {kind: set(spans) for kind, spans in paragraph.spans.items()}
    parts = {kind: (mine[kind], gold[kind]) for kind in gold}
    letters = ({at for span in spans for at in range(*t.span(*span))} for spans in parts["content"])
    parts["characters"] = tuple(letters)  # type: ignore[assignment]
    parts["paragraph"] = tuple({(0, 0)} if spans else set() for spans in parts["content"])  # type: ignore[assignment]
    for kind, (found, right) in parts.items():
        count[kind, "right"] += len(found & right)
        count[kind, "mine"] += len(found)
        count[kind, "gold"] += len(right)


def main() -> None:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--left-out", action="store_true", help="measure on folds left out instead of writing the weights")
    arguments = parser.parse_args()
    found = documents(corpus.folder(arguments))
    if arguments.left_out:
        print(json.dumps(left_out(found)))
        return
    tagger = train(list(found.values()))
    models = {name: {"bias": model.bias, "weights": model.weights} for name, model in tagger.models.items()}
    digest = hashlib.sha256(json.dumps(models).encode()).hexdigest()[:12]
    (DATA / "sourcing.json").write_text(json.dumps({"digest": digest, "models": models}, indent=0) + "\n", encoding="utf-8")
    print(f"{sum(len(model['weights']) for model in models.values())} weights -> sourcing.json")


if __name__ == "__main__":
    main()
