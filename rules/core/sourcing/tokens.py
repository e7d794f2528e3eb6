"""A paragraph as tokens: words, numbers and marks, each with its word class, its sentence and its quotation."""

import re

from rules.core.sentences import sentence_bounds
from rules.core.sourcing.lexicon import closed_classes, head_words, verb_forms
from rules.core.sourcing.memory import Memory

_TOKEN = re.compile(
    r"((?:[A-Za-z]\.){2,}"  # U.S., a.m.
    r"|(?:Mr|Mrs|Ms|Dr|Prof|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Sgt|Capt|Adm|Rev|St|Jr|Sr|Inc|Corp|Co|Ltd|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\."
    r"|[A-HJ-Z]\.(?=,?$)"  # an initial, where a piece of text ends
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
_MARK, _HEAD = re.compile("q"), re.compile("h")
_SUFFIXES = (("ly", 5, "R"), ("ed", 5, "E"), ("ing", 6, "G"))
REMEMBERED = 1 << 15  # pieces of text, some 10 MB with their tokens; sixty stories have 14,000
_Piece = tuple[str, tuple[str, ...], tuple[str, ...], str]


def _read(piece: str) -> _Piece:
    """What stands between white space: word classes, words in lower case, words, and an ``h`` for each that may head a cue.

    No token holds white space and every other character is in one, so that the tokens of a text are those of its pieces.
    """
    if piece.isalpha():  # most are one word
        low = piece.lower()
        return _kind(piece, low), (low,), (piece,), "h" if low in head_words() else "-"
    if piece[-1] == "," and piece[:-1].isalpha():
        kinds, lower, words, heads = _read(piece[:-1])
        return kinds + ",", (*lower, ","), (*words, ","), heads + "-"
    words = tuple(_TOKEN.findall(piece))
    lower = tuple(word.lower().replace("’", "'") for word in words)
    kinds = "".join(map(_kind, words, lower))
    heads = "".join("h" if _may_head(at, low, kinds[at]) else "-" for at, low in enumerate(lower))
    return kinds, lower, words, heads


_pieces = Memory(_read, REMEMBERED)


class Tokens:
    """The tokens of one paragraph; all lists run in parallel, offsets are code points into ``text``.

    ``kinds``: one character a token, see ``lexicon``. ``lower``: its words in lower case. ``sentence``: the sentence's number.
    ``quote``: the number of the quotation it stands in, marks included, or -1. ``sentences`` and ``quotes``: the first token and
    the end of each. ``closed``: whether the quotation has its closing mark. ``heads``: the tokens that may be the head of a cue,
    a colon or a dash that stands apart among them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower: list[str] = []
        self.sentences: list[tuple[int, int]] = []
        self.sentence: list[int] = []
        self.quotes: list[tuple[int, int]] = []
        self.closed: list[bool] = []
        self._bounds = sentence_bounds(text)
        self._read: list[list[_Piece]] = []
        self._starts: dict[int, list[int]] = {}
        parts, heads, lower, first = [], "", self.lower, 0
        for number, (start, end) in enumerate(self._bounds):
            read = list(map(_pieces.__getitem__, text[start:end].split()))
            kinds = "".join([piece[0] for piece in read])
            parts.append(kinds)
            heads += "".join([piece[3] for piece in read])
            for piece in read:
                lower += piece[1]
            self._read.append(read)
            size = len(kinds)
            self.sentence += [number] * size
            self.sentences.append((first, first + size))
            first += size
        self.kinds = "".join(parts)
        self.heads = [match.start() for match in _HEAD.finditer(heads, int(self.kinds[:1] in ":-"))]
        self.quote = [-1] * first
        if "q" in self.kinds:
            self._pair_marks()

    @property
    def words(self) -> list[str]:
        """The words as they stand in the text."""
        return [word for read in self._read for piece in read for word in piece[2]]

    @property
    def starts(self) -> list[int]:
        """Where each token starts."""
        return [start for number in range(len(self.sentences)) for start in self._starts_in(number)]

    def _starts_in(self, number: int) -> list[int]:
        """Where the tokens of a sentence start."""
        found = self._starts.get(number)
        if found is None:
            text, at = self.text, self._bounds[number][0]
            self._starts[number] = found = []
            for piece in self._read[number]:
                words = piece[2]
                at = text.index(words[0], at)
                for word in words:
                    found.append(at)
                    at += len(word)
        return found

    def start_of(self, at: int) -> int:
        """Where a token starts."""
        number = self.sentence[at]
        return self._starts_in(number)[at - self.sentences[number][0]]

    def word(self, at: int) -> str:
        """The word at ``at`` if it is of a closed class or a reporting verb, else its class."""
        kind = self.kinds[at]
        return kind if kind in "nCA#EG" else self.lower[at]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the tokens from ``start`` to ``end``."""
        last = self.sentence[end - 1]
        after = end - self.sentences[last][0]
        starts = self._starts_in(last)
        stop = starts[after] if after < len(starts) else self._bounds[last][1]
        while self.text[stop - 1].isspace():  # nothing else stands between two tokens
            stop -= 1
        return self.start_of(start), stop

    def _pair_marks(self) -> None:
        """Pairs the double quotation marks, straight, curly or broken, and sets the class of the closing ones."""
        text, kinds, lower = self.text, list(self.kinds), self.lower
        curly = any(mark in text for mark in "“„«")
        turned = not curly and '"' not in text and text.count("”") % 2 == 0  # a system that set every mark as a closing one
        odd, last = text.count('"') % 2, text.rfind("”")
        opened = -1
        for match in _MARK.finditer(self.kinds):
            at = match.start()
            mark = lower[at]
            if opened < 0 and mark == "”" and not turned:
                kinds[at] = "Q"
            elif opened < 0:
                inch = mark == '"' and odd and self.text[max(0, self.start_of(at) - 1)].isdigit()
                kinds[at] = "?" if inch else "q"
                opened = -1 if inch else at
            elif mark not in "“„" or not curly:
                kinds[at] = "Q"
                self._add_quote(opened, at + 1, closed=True)
                opened = -1
            elif at - opened > 2 and self.start_of(at) <= last:  # a quotation that nobody closed
                self._add_quote(opened, at, closed=False)
                opened = at
        if opened >= 0:
            self._add_quote(opened, len(kinds), closed=False)
        self.kinds = "".join(kinds)

    def _add_quote(self, start: int, end: int, *, closed: bool) -> None:
        self.quote[start:end] = [len(self.quotes)] * (end - start)
        self.quotes.append((start, end))
        self.closed.append(closed)


def _may_head(at: int, low: str, kind: str) -> bool:
    return low in head_words() or kind == ":" or (kind == "-" and at == 0)


def _kind(word: str, low: str) -> str:
    return closed_classes().get(low) or _MARKS.get(word) or _open_kind(word, low)


def _open_kind(word: str, low: str) -> str:
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


def tokenise(text: str) -> Tokens:
    """The tokens of a paragraph of plain text."""
    return Tokens(text)
