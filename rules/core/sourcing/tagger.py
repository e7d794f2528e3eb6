"""The tagger: the cues of a paragraph, each with its source and its contents, by linear models over features of structure.

One pass: candidates for cues are scored; a chosen cue grows over its auxiliaries and particles; then the best source is chosen
for it, and given that the best content after and before it. A cue inside an earlier cue's content is part of what was said.
Quotations that no cue took are judged last. Weights: ``rules/data/sourcing.json``, trained by ``bench/sourcing_model.py``.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rules.core.linear import Linear
from rules.core.phrases import DATA
from rules.core.sourcing import contents, cues
from rules.core.sourcing.choices import Choice, Span
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.sources import sources
from rules.core.sourcing.tokens import Tokens

MODELS = ("cue", "left", "right", "source", "after", "before", "quotation")
CUE_FROM = -0.3  # log odds; the best F1 on documents left out lies between -0.6 and 0
RESCUE_FROM = 0.4  # chance that a paragraph has a cue from which its best candidate counts although none reached CUE_FROM
CONTENT_FROM = -4.0  # a cue without a content is none; from here on the likeliest span will do
QUOTATION_FROM = -1.0
FINALISTS = 12  # spans whose start and end are judged together; more change nothing
NEXT = 8  # cues on either side of one that bear upon it


class Tagged(NamedTuple):
    """One cue of a paragraph, in tokens. ``cue`` is None for a quotation whose speaker goes on.

    ``score``: the cue's log odds; ``lead``: how far the source is ahead of there being none, in the same measure.
    """

    cue: Cue | None
    source: Span | None
    contents: tuple[Span, ...]
    score: float
    lead: float = 0.0


@dataclass(frozen=True)
class Tagger:
    """The models, one for each decision."""

    cue: Linear
    left: Linear
    right: Linear
    source: Linear
    after: Linear
    before: Linear
    quotation: Linear

    def tag(self, t: Tokens, *, carried: bool = False) -> list[Tagged]:
        """The attributions of a paragraph, in order. ``carried``: the paragraph before ended inside a quotation."""
        found = self._cues(t)
        outside = [item for item in found if t.quote[item[0].head] < 0]
        made = self._attach(t, outside, [])
        made += self._attach(t, [item for item in found if t.quote[item[0].head] >= 0], made)
        made.sort(key=lambda tagged: tagged.cue.start if tagged.cue else 0)
        return made + self._quotations(t, made, carried=carried)

    def _attach(self, t: Tokens, found: Sequence[tuple[Cue, float]], known: Sequence[Tagged]) -> list[Tagged]:
        """The cues with their sources and contents; one inside a content, of these or of the known, is part of what was said."""
        ranked = [self._ranked(sources(t, cue), self.source) for cue, _ in found]
        spans = [span if lead > 0 else None for lead, span in ranked]
        said = {at for tagged in known for start, end in tagged.contents for at in range(start, end)}
        made: list[Tagged] = []
        floor = 0
        for number, ((cue, score), source) in enumerate(zip(found, spans, strict=True)):
            near = (span for tagged in made[-NEXT:] for span in tagged.contents)
            if cue.head in said or any(start <= cue.head < end for start, end in near):
                continue
            ahead = [other.start for other, _ in found[number + 1 : number + NEXT]]
            ahead += [span[0] for span in spans[number + 1 : number + NEXT] if span and span[0] >= cue.end]
            parts = self._contents(t, cue, source, min(ahead, default=len(t.words)), floor)
            floor = cue.end
            made.append(Tagged(cue, source, parts, score, ranked[number][0]))
        return made

    def _cues(self, t: Tokens) -> list[tuple[Cue, float]]:
        heads = cues.candidates(t)
        scores = {head: self.cue.total(cues.head_features(t, heads, number)) for number, head in enumerate(heads)}
        least = CUE_FROM
        if heads and max(scores.values()) <= least:
            none = math.prod(1 - Linear.probability(score) for score in scores.values())
            least = max(scores.values()) - 1e-9 if 1 - none > RESCUE_FROM else math.inf
        used: set[int] = set()
        found: list[tuple[Cue, float]] = []
        for head in sorted((head for head in heads if scores[head] > least), key=lambda head: (-scores[head], head)):
            if head not in used:
                cue = self._grow(t, head, used)
                used.update(range(cue.start, cue.end))
                found.append((cue, scores[head]))
        return sorted(found)

    def _grow(self, t: Tokens, head: int, used: set[int]) -> Cue:
        first, last = t.sentences[t.sentence[head]]
        start, end = head, head + 1
        while start > max(first, head - cues.LEFT_MOST) and start - 1 not in used:
            if self.left.total(cues.left_features(t, head, start)) <= 0:
                break
            start -= 1
        while end < min(last, head + cues.RIGHT_MOST + 1) and end not in used:
            if self.right.total(cues.right_features(t, head, end)) <= 0:
                break
            end += 1
        return Cue(start, end, head)

    def _contents(self, t: Tokens, cue: Cue, source: Span | None, taken: int, floor: int) -> tuple[Span, ...]:
        following, leading = contents.after(t, cue, source, taken), contents.before(t, cue, source, floor)
        found = [span for span in (self._best(leading, self.before), self._best(following, self.after)) if span]
        if not found:
            best = max(self._ranked(following, self.after), self._ranked(leading, self.before), key=lambda item: item[0])
            found = [best[1]] if best[1] and best[0] > CONTENT_FROM else []
        return tuple(found)

    def _best(self, choice: Choice, model: Linear) -> Span | None:
        lead, span = self._ranked(choice, model)
        return span if lead > 0 else None

    @staticmethod
    def _ranked(choice: Choice, model: Linear) -> tuple[float, Span | None]:
        """How much the best span is ahead of none, and the span."""
        total: Callable[[Sequence[str]], float] = model.total
        starts = {start: total(features) for start, features in choice.starts.items()}
        ends = {end: total(features) for end, features in choice.ends.items()}
        halves = ((starts[start] + ends[end], (start, end)) for start, end in choice.spans)
        best, found = -math.inf, None
        for half, span in sorted(halves, reverse=True)[:FINALISTS]:
            score = half + total(choice.pair(*span))
            if score > best:
                best, found = score, span
        return best - total(choice.none), found

    def _quotations(self, t: Tokens, made: list[Tagged], *, carried: bool) -> list[Tagged]:
        filled = sorted((span for tagged in made for span in tagged.contents), key=lambda span: span[1])
        ends, covered = [span[1] for span in filled], bytearray(len(t.words))
        for first, last in filled:
            covered[first:last] = b"x" * (last - first)
        heads = [tagged.cue for tagged in made if tagged.cue]
        found = []
        for number, (start, end) in enumerate(t.quotes):
            if any(covered[start:end]):
                continue
            here = bisect_right(ends, start)
            earlier = filled[max(0, here - NEXT) : here]
            score = self.quotation.total(contents.quotation_features(t, number, heads, earlier, carried=carried))
            if score > QUOTATION_FROM:
                found.append(Tagged(None, None, ((start, end),), score))
        return found


@cache
def read_tagger() -> Tagger:
    """The tagger with the weights of ``rules/data/sourcing.json``."""
    data = json.loads((DATA / "sourcing.json").read_text(encoding="utf-8"))
    return Tagger(**{name: Linear(data["digest"], **data["models"][name]) for name in MODELS})
