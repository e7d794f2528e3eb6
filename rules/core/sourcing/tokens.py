"""A paragraph as tokens: words, numbers and marks, each with its word class, its sentence and its quotation."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from rules.core.sentences import sentence_bounds
from rules.core.sourcing.lexicon import closed_classes, verb_forms

_TOKEN = re.compile(
    r"((?:[A-Za-z]\.){2,}"  # U.S., a.m.
    r"|(?:Mr|Mrs|Ms|Dr|Prof|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Sgt|Capt|Adm|Rev|St|Jr|Sr|Inc|Corp|Co|Ltd|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\."
    r"|\w+?(?=['’](?:s|re|ve|ll|d|m)\b)"
    r"|['’](?:s|re|ve|ll|d|m)\b"
    r"|\w+(?:[-.,:'’/&@]\w+)*"
    r"|--+|\.\.\.|[^\w\s])"
)
_MARKS = {mark: mark for mark in ",:;.()$"} | dict.fromkeys(("!", "?", "…", "..."), ".") | {"[": "(", "]": ")"}
_MARKS |= (
    dict.fromkeys("€£%", "$")
    | dict.fromkeys(("-", "--", "---", "–", "—"), "-")
    | dict.fromkeys('“”"„«»', "q")
    | dict.fromkeys("'’‘", "'")
)
_SUFFIXES = (("ly", 5, "R"), ("ed", 5, "E"), ("ing", 6, "G"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one paragraph; all lists run in parallel, offsets are code points into ``text``.

    ``kinds``: one character a token, see ``lexicon``. ``sentence``: the sentence's number. ``quote``: the number of the
    quotation it stands in, marks included, or -1. ``sentences`` and ``quotes``: the first token and the end of each.
    ``closed``: whether the quotation has its closing mark.
    """

    text: str
    words: list[str]
    lower: list[str]
    starts: list[int]
    ends: list[int]
    kinds: str
    sentence: list[int]
    quote: list[int]
    sentences: list[tuple[int, int]]
    quotes: list[tuple[int, int]]
    closed: list[bool]

    def word(self, at: int) -> str:
        """The word at ``at`` if it is of a closed class or a reporting verb, else its class."""
        kind = self.kinds[at]
        return kind if kind in "nCA#EG" else self.lower[at]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the tokens from ``start`` to ``end``."""
        return self.starts[start], self.ends[end - 1]


def tokenise(text: str) -> Tokens:
    """The tokens of a paragraph of plain text."""
    pieces = _TOKEN.split(text)  # what stands between the tokens, and the tokens, by turns
    bounds = list(accumulate(map(len, pieces)))
    words, starts, ends = pieces[1::2], bounds[:-1:2], bounds[1::2]
    read = [_read(word) for word in words]
    lower, kinds = [low for low, _ in read], [kind for _, kind in read]
    quotes = _Quotes(text, words, kinds, starts, ends)
    sentences: list[tuple[int, int]] = []
    sentence: list[int] = []
    for _, end in sentence_bounds(text):
        first = len(sentence)
        last = bisect_left(starts, end, first)
        if last > first:
            sentence += [len(sentences)] * (last - first)
            sentences.append((first, last))
    sentence += [0] * (len(words) - len(sentence))
    kept = "".join(kinds)
    return Tokens(text, words, lower, starts, ends, kept, sentence, quotes.number, sentences, quotes.spans, quotes.closed)


@lru_cache(maxsize=1 << 15)
def _read(word: str) -> tuple[str, str]:
    """A token in lower case, and its class."""
    low = word.lower().replace("’", "'")
    return low, closed_classes().get(low) or _MARKS.get(word) or _kind(word, low)


def _kind(word: str, low: str) -> str:
    first = word[0]
    if first.isdigit():
        return "#"
    if first.isupper():
        return "A" if len(word) > 1 and word.isupper() else "C"
    if low in verb_forms():
        return "v"
    if not first.isalpha():
        return "?"
    return next((kind for suffix, least, kind in _SUFFIXES if len(low) >= least and low.endswith(suffix)), "n")


class _Quotes:
    """Pairs a paragraph's double quotation marks, straight, curly or broken; sets the class of the closing ones."""

    def __init__(self, text: str, words: list[str], kinds: list[str], starts: list[int], ends: list[int]) -> None:
        self.number = [-1] * len(words)
        self.spans: list[tuple[int, int]] = []
        self.closed: list[bool] = []
        if "q" not in kinds:
            return
        curly = any(mark in text for mark in "“„«")
        turned = not curly and '"' not in text and text.count("”") % 2 == 0  # a system that set every mark as a closing one
        odd, last = text.count('"') % 2, text.rfind("”")
        opened = -1
        for at, word in enumerate(words):
            if kinds[at] != "q":
                continue
            if opened < 0 and word == "”" and not turned:
                kinds[at] = "Q"
            elif opened < 0:
                inch = word == '"' and at and words[at - 1][-1].isdigit() and starts[at] == ends[at - 1] and odd
                kinds[at] = "?" if inch else "q"
                opened = -1 if inch else at
            elif word not in "“„" or not curly:
                kinds[at] = "Q"
                self._add(opened, at + 1, closed=True)
                opened = -1
            elif at - opened > 2 and starts[at] <= last:  # a quotation that nobody closed
                self._add(opened, at, closed=False)
                opened = at
        if opened >= 0:
            self._add(opened, len(words), closed=False)

    def _add(self, start: int, end: int, *, closed: bool) -> None:
        self.number[start:end] = [len(self.spans)] * (end - start)
        self.spans.append((start, end))
        self.closed.append(closed)
