"""The tagger: the cues of a paragraph, each with its source and its contents, by linear models over what stands around them.

One pass: candidates for cues are scored; a chosen cue grows over its auxiliaries and particles; then the best source is chosen
for it, and given that the best content after and before it. A cue inside an earlier cue's content is part of what was said.
Quotations that no cue took are judged last. Weights: ``rules/data/sourcing.json``, trained by ``bench/sourcing_model.py``.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from rules.core.linear import Linear
from rules.core.phrases import DATA
from rules.core.sourcing import contents, cues
from rules.core.sourcing.choices import Choice, Span
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.lexicon import base_of
from rules.core.sourcing.sources import SOURCE, sources
from rules.core.sourcing.tables import Reading, weigh
from rules.core.sourcing.tokens import Tokens

READINGS: dict[str, tuple[Reading, ...]] = {
    "cue": cues.HEAD, "left": cues.LEFT, "right": cues.RIGHT, "source": SOURCE,
    "after": contents.AFTER, "before": contents.BEFORE, "quotation": contents.QUOTATION,
}  # fmt: skip
HOPELESS = -4.0  # of 3,208 cues 4 score less by the words right beside them; two fifths of the other candidates do
CUE_FROM = -0.3  # log odds; the best F1 on documents left out lies between -0.6 and 0
RESCUE_FROM = 0.4  # chance that a paragraph has a cue from which its best candidate counts although none reached CUE_FROM
CONTENT_FROM = -4.0  # a cue without a content is none; from here on the likeliest span will do
QUOTATION_FROM = -1.0
FINALISTS = 4  # spans whose start and end are judged together; more change nothing
ADDRESSEE = 16  # tokens in which an addressee is named, with the time and the place
_ADDRESSING = frozenset(("tell", "remind", "assure", "inform", "notify", "convince", "persuade"))
_SUBJECTS = frozenset(("i", "you", "he", "she", "it", "we", "they", "there"))
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


class Tagger:
    """The models, one for each decision."""

    def __init__(self, models: Mapping[str, Linear]) -> None:
        """``models``: by the names of ``READINGS``."""
        self.models = models
        self._tables = {name: weigh(readings, models[name]) for name, readings in READINGS.items()}

    def tag(self, t: Tokens, *, carried: bool = False) -> list[Tagged]:
        """The attributions of a paragraph, in order. ``carried``: the paragraph before ended inside a quotation."""
        found = self._cues(t)
        made: list[Tagged] = []
        if found:
            made = self._attach(t, [item for item in found if t.quote[item[0].head] < 0], [])
            inside = [item for item in found if t.quote[item[0].head] >= 0]
            if inside:
                made += self._attach(t, inside, made)
                made.sort(key=lambda tagged: tagged.cue.start if tagged.cue else 0)
        return made + self._quotations(t, made, carried=carried) if t.quotes else made

    def _attach(self, t: Tokens, found: Sequence[tuple[Cue, float]], known: Sequence[Tagged]) -> list[Tagged]:
        """The cues with their sources and contents; one inside a content, of these or of the known, is part of what was said."""
        ranked = [_ranked(sources(t, cue, self._tables["source"])) for cue, _ in found]
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
            parts = self._contents(t, cue, source, min(ahead, default=len(t.kinds)), floor)
            floor = cue.end
            made.append(Tagged(cue, source, parts, score, ranked[number][0]))
        return made

    def _cues(self, t: Tokens) -> list[tuple[Cue, float]]:
        heads = t.heads
        if not heads:
            return []
        tables, bias = self._tables["cue"], self.models["cue"].bias
        scores: dict[int, float] = {}
        for number, head in enumerate(heads):
            score = bias + cues.weigh_neighbours(t, head, tables)
            scores[head] = score if score < HOPELESS else score + cues.weigh_sentence(t, number, tables)
        least, best = CUE_FROM, max(scores.values())
        if best <= least:
            none = math.prod(1 - Linear.probability(score) for score in scores.values())
            least = best - 1e-9 if 1 - none > RESCUE_FROM else math.inf
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
        left, right = self.models["left"].bias, self.models["right"].bias
        while start > max(first, head - cues.LEFT_MOST) and start - 1 not in used:
            if left + cues.weigh_left(t, head, start, self._tables["left"]) <= 0:
                break
            start -= 1
        while end < min(last, head + cues.RIGHT_MOST + 1) and end not in used:
            if right + cues.weigh_right(t, head, end, self._tables["right"]) <= 0:
                break
            end += 1
        return Cue(start, end, head)

    def _contents(self, t: Tokens, cue: Cue, source: Span | None, taken: int, floor: int) -> tuple[Span, ...]:
        """The likeliest content before the cue and after it; where neither is likely, the less unlikely of the two."""
        ranked = (
            _ranked(contents.before(t, cue, source, floor, self._tables["before"])),
            _ranked(contents.after(t, cue, source, taken, self._tables["after"])),
        )
        found = tuple(span for lead, span in ranked if span and lead > 0)
        if found:
            found = _belonging(t, cue, *found) if len(found) > 1 else found
            return (*found[:-1], _past_addressee(t, cue, found[-1]))
        lead, span = max(reversed(ranked), key=itemgetter(0))
        return (span,) if span and lead > CONTENT_FROM else ()

    def _quotations(self, t: Tokens, made: list[Tagged], *, carried: bool) -> list[Tagged]:
        filled = sorted((span for tagged in made for span in tagged.contents), key=itemgetter(1))
        ends, covered = [span[1] for span in filled], bytearray(len(t.kinds))
        for first, last in filled:
            covered[first:last] = b"x" * (last - first)
        heads = [tagged.cue for tagged in made if tagged.cue]
        tables, bias = self._tables["quotation"], self.models["quotation"].bias
        found = []
        for number, (start, end) in enumerate(t.quotes):
            if covered.find(b"x", start, end) >= 0:
                continue
            here = bisect_right(ends, start)
            earlier = filled[max(0, here - NEXT) : here]
            score = bias + contents.weigh_quotation(t, number, heads, earlier, tables, carried=carried)
            if score > QUOTATION_FROM:
                found.append(Tagged(None, None, ((start, end),), score))
        return found


def _belonging(t: Tokens, cue: Cue, before: Span, after: Span) -> tuple[Span, ...]:
    """Of a content before the cue and one after it, those that are one utterance.

    “…,” she said, referring to the bank: what comes after is the reporter's. “…” Russia said that …: what was said a sentence
    before is another's, or hangs on another cue.
    """
    ends_quoted = t.quote[before[1] - 1] >= 0 and t.quote[after[0]] < 0 and "q" not in t.kinds[slice(*after)]
    if ends_quoted or t.lower[cue.head] == "according":
        return (before,)
    return (before, after) if t.sentence[before[1] - 1] == t.sentence[cue.head] else (after,)


def _past_addressee(t: Tokens, cue: Cue, span: Span) -> Span:
    """The content without whom it was said to, where the verb names him: of "she told voters this week that …" from "that" on."""
    start, end = span
    if start >= cue.end and base_of(t.lower[cue.head]) in _ADDRESSING:
        for at in range(start, min(end, start + ADDRESSEE)):
            if t.kinds[at] in "tq" or t.lower[at] in _SUBJECTS:
                return at, end
            if t.kinds[at] in "bhmdv":
                break
    return span


def _ranked(choice: Choice[float]) -> tuple[float, Span | None]:
    """How much the best span is ahead of none, and the span."""
    halves = [(at_start + at_end, start, end) for at_start, start, ends in choice.starts for at_end, end in ends if end > start]
    halves.sort(reverse=True)
    best, found = -math.inf, None
    for half, start, end in halves[:FINALISTS]:
        score = half + choice.pair(start, end)
        if score > best:
            best, found = score, (start, end)
    return best - choice.none, found


@cache
def read_tagger() -> Tagger:
    """The tagger with the weights of ``rules/data/sourcing.json``."""
    data = json.loads((DATA / "sourcing.json").read_text(encoding="utf-8"))
    return Tagger({name: Linear(data["digest"], **model) for name, model in data["models"].items()})
