"""The source as an HTML tokenizer sees it: tags and text with exact offsets.

lxml gives no offsets, so this module reads the source a second time, and only for articles that ask for a position.
It follows the tokenization rules of the WHATWG HTML standard as libxml2 2.14 does; whatever the two read differently is
noticed in ``positions``, which then gives no position rather than a wrong one. One regular expression takes the whole source
apart; what a piece of it is, and what its references stand for, is looked at only where somebody asks.
"""

import html
import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T", str, int)

_W = r" \t\n\r\f\v"  # written out, because a class that holds \s is matched at half the speed
_ATTRIBUTE = rf"""[^{_W}/>][^{_W}/>=]*+(?:[{_W}]*+=[{_W}]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^{_W}>"'][^{_W}>]*+)?+)?+"""
_INSIDE = rf"(?:[{_W}/]++|{_ATTRIBUTE})*+"
RAW_TEXT = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
ESCAPABLE_TEXT = frozenset({"textarea", "title"})
_NO_MARKUP = "|".join(sorted(RAW_TEXT | ESCAPABLE_TEXT))
# A tag, a comment or a declaration; the name of an element that holds no markup; and its text, up to its end tag.
_MARKUP = re.compile(
    rf"(<(?:(?:({_NO_MARKUP})(?=[{_W}/>])|/?[a-z][^{_W}/>]*+){_INSIDE}>?|!--(?:-?>|.*?(?:--!?>|\Z))|[!?/][^>]*+>?))"
    rf"((?(2)(?:[^<]++|<(?!/\2[{_W}/>]))*+))",
    re.DOTALL | re.ASCII | re.IGNORECASE,
)
_NAME = re.compile(rf"<(/?[a-z][^{_W}/>]*+)", re.IGNORECASE | re.ASCII)
_CUT = re.compile(rf"</?[a-z][^{_W}/>]*+{_INSIDE}", re.IGNORECASE | re.ASCII)
_START_TAG = re.compile(rf"<[a-z][^{_W}/>]*+{_INSIDE}>?", re.IGNORECASE | re.ASCII)
_REFERENCE = re.compile(r"&(?:\#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[a-zA-Z][a-zA-Z0-9]*;?)|\r\n?|\0")
_LINE_END = re.compile(r"\r\n?")
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


@dataclass(frozen=True)
class Text:
    """All character data of a source in order, references resolved, and where every piece of it came from."""

    source: str
    parts: list[str]  # the pieces, resolved
    starts: list[int]  # where each begins in the source
    ends: list[int]  # and ends
    at: list[int]  # where each begins in the joined text
    raw: set[int]  # the pieces in which only a line end is not itself in the source
    _resolved: dict[int, tuple[list[int], list[re.Match[str]]]] = field(default_factory=dict, repr=False)

    @cached_property
    def joined(self) -> str:
        """All of it."""
        return "".join(self.parts)

    def span(self, offset: int) -> tuple[int, int]:
        """The source span of one character of the joined text."""
        piece = bisect_right(self.at, offset) - 1
        offset -= self.at[piece]
        start, end = self.starts[piece], self.ends[piece]
        if len(self.parts[piece]) == end - start:  # a reference is never shorter than what it stands for
            return start + offset, start + offset + 1
        return self._place_in(piece, offset)

    def _place_in(self, piece: int, offset: int) -> tuple[int, int]:
        """The same inside a piece with references: they are looked up once."""
        if piece not in self._resolved:
            self._resolved[piece] = self._read(piece)
        places, references = self._resolved[piece]
        last = bisect_right(places, offset) - 1
        if last < 0:
            at = self.starts[piece] + offset
            return at, at + 1
        inside, match = offset - places[last], references[last]
        size = len(_resolve(match))
        if inside < size:
            return match.span()
        at = match.end() + inside - size
        return at, at + 1

    def _read(self, piece: int) -> tuple[list[int], list[re.Match[str]]]:
        """Where the references of a piece stand in its resolved text, and they themselves."""
        pattern = _LINE_END if piece in self.raw else _REFERENCE
        found = list(pattern.finditer(self.source, self.starts[piece], self.ends[piece]))
        places, shorter = [], self.starts[piece]
        for match in found:
            places.append(match.start() - shorter)
            shorter += len(match[0]) - len(_resolve(match))
        return places, found


@dataclass(frozen=True)
class Markup:
    """A source taken apart: ``pieces`` are text, tag and raw text in turn, ``offsets`` where each begins."""

    source: str
    pieces: list[str]
    offsets: list[int]

    @cached_property
    def text(self) -> Text:
        """The character data, script and style left out of neither."""
        pieces, offsets = self.pieces, self.offsets
        special = any(self.source.find(sign, offsets[0], offsets[-1]) >= 0 for sign in "\r\0")
        parts = [_REFERENCE.sub(_resolve, part) if special or "&" in part else part for part in pieces[::3]]
        raw = {2 * number + 1 for number, body in enumerate(pieces[2::3]) if body and self._is_raw(number)}
        bodies = [self._body(body, raw=2 * number + 1 in raw) if body else "" for number, body in enumerate(pieces[2::3])]
        both = _in_turn(parts, [*bodies, ""])
        starts = _in_turn(offsets[::3], [*offsets[2::3], offsets[-1]])
        ends = _in_turn(offsets[1::3], [*offsets[3::3], offsets[-1]])
        return Text(self.source, both, starts, ends, [0, *accumulate(map(len, both))], raw)

    def _is_raw(self, number: int) -> bool:
        tag = _NAME.match(self.pieces[3 * number + 1])
        return tag is not None and tag[1].lower() in RAW_TEXT

    @staticmethod
    def _body(body: str, *, raw: bool) -> str:
        return (_LINE_END if raw else _REFERENCE).sub(_resolve, body)

    @cached_property
    def tags(self) -> list[str]:
        """The tags in order: the name in lower case, after a solidus in an end tag; "" for comments and declarations."""
        tags = self.pieces[1::3]
        names = {piece: match[1].lower() if (match := _NAME.match(piece)) else "" for piece in set(tags)}
        return [names[piece] for piece in tags]

    @cached_property
    def pairs(self) -> dict[int, int]:
        """Each start tag with the end tag that balances it, counting tags of its own name; none where nothing does."""
        pairs: dict[int, int] = {}
        open_tags: defaultdict[str, list[int]] = defaultdict(list)
        for index, tag in enumerate(self.tags):
            if tag[:1] != "/":
                open_tags[tag].append(index)
            elif opened := open_tags[tag[1:]]:
                pairs[opened.pop()] = index
        return pairs

    def bounds(self, tag: int) -> tuple[int, int]:
        """Where the tag of that index starts and ends in the source."""
        return self.offsets[3 * tag + 1], self.offsets[3 * tag + 2]

    def element(self, opened: int) -> tuple[int, int] | None:
        """From the start of a start tag to the end of the end tag that balances it; None where none does."""
        last = opened if self.tags[opened] in VOID else self.pairs.get(opened)
        return None if last is None else (self.bounds(opened)[0], self.bounds(last)[1])

    def upto(self, tag: int) -> "Markup":
        """The same up to the end of a tag."""
        end = 3 * tag + 2
        return Markup(self.source, [*self.pieces[:end], "", ""], [*self.offsets[: end + 1], *[self.offsets[end]] * 2])

    def text_before(self, tag: int) -> int:
        """How much text stands before it."""
        return self.text.at[2 * tag + 1]


def read_markup(source: str, start: int = 0, end: int | None = None) -> Markup:
    """Takes a source apart, or a stretch of it that begins outside of any tag; never fails, whatever the source."""
    pieces: list[str] = _MARKUP.split(source[start:end])
    del pieces[2::4]  # the names; their pieces tell them too
    if len(pieces) > 1 and not pieces[-1] and not pieces[-2] and _CUT.fullmatch(pieces[-3]):
        pieces[-3:] = []  # a tag that the end of the file cuts off is dropped, and so is what it holds
    return Markup(source, pieces, list(accumulate(map(len, pieces), initial=start)))


def start_tag_at(source: str, start: int) -> str:
    """The start tag that begins there; "" where none does."""
    found = _START_TAG.match(source, start)
    return found[0] if found else ""


def is_in_text(source: str, start: int) -> bool:
    """Whether a tag that begins there is one, and stands in no comment, no script or its like, and no other tag."""
    return read_markup(f"{source[:start]}<i>").pieces[-3] == "<i>"


def read_plain(source: str) -> Text:
    """A plain text's characters with their places: only line ends are more than one character."""
    return Text(source, [_LINE_END.sub("\n", source)], [0], [len(source)], [0], {0})


def _in_turn(texts: list[T], bodies: list[T]) -> list[T]:
    """The items of two lists of one length by turns."""
    made = texts * 2
    made[::2], made[1::2] = texts, bodies
    return made


def _resolve(match: re.Match[str]) -> str:
    reference = match[0]
    if reference[0] == "\r":
        return "\n"
    return "\ufffd" if reference == "\0" else html.unescape(reference)
