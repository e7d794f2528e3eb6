"""The source as an HTML tokenizer sees it: tags and text with exact offsets.

lxml gives no offsets, so this module reads the source a second time, and only for articles that have findings.
It follows the tokenization rules of the WHATWG HTML standard as libxml2 2.14 does; whatever the two read differently is
noticed in ``positions``, which then gives no position rather than a wrong one.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?+)?+"""
_TOKEN = re.compile(
    rf"""
    <!--(?:-?>|.*?(?:--!?>|\Z))
  | </(?P<end>[a-zA-Z][^\s/>]*+)(?:[\s/]++|{_ATTRIBUTE})*+(?P<gt1>>)?
  | <(?P<start>[a-zA-Z][^\s/>]*+)(?:[\s/]++|{_ATTRIBUTE})*+(?P<gt2>>)?
  | <[!?/][^>]*+>?
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_REFERENCE = re.compile(r"&(?:\#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[a-zA-Z][a-zA-Z0-9]*;?)|\r\n?|\0")
RAW_TEXT = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
ESCAPABLE_TEXT = frozenset({"textarea", "title"})
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


@dataclass(frozen=True)
class Tag:
    """A tag in the source: its lower-case name and where it starts and ends (code points)."""

    name: str
    start: int
    end: int
    closing: bool


@dataclass
class Text:
    """All character data of a source in order, references resolved, and where every piece of it came from."""

    parts: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)  # where a run starts in the joined text
    source: list[int] = field(default_factory=list)  # where it starts in the source
    literal: list[bool] = field(default_factory=list)  # whether one character there is one character here
    ends: list[int] = field(default_factory=list)  # where it ends in the source
    length: int = 0

    def add(self, text: str, start: int, end: int) -> None:
        """Appends ``text``, which stands in the source from ``start`` to ``end``."""
        if not text:
            return
        self.parts.append(text)
        self.at.append(self.length)
        self.source.append(start)
        self.ends.append(end)
        self.literal.append(len(text) == end - start)
        self.length += len(text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source span of the joined text from ``start`` to ``end`` (end > start)."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, offset: int) -> tuple[int, int]:
        run = bisect_right(self.at, offset) - 1
        if not self.literal[run]:
            return self.source[run], self.ends[run]
        at = self.source[run] + offset - self.at[run]
        return at, at + 1


@dataclass(frozen=True)
class Markup:
    """A source taken apart: its tags in order and its text with offsets, script and style left out of neither."""

    tags: tuple[Tag, ...]
    text: Text
    text_before: tuple[int, ...]  # for each tag: how much text stands before it


def read_markup(source: str) -> Markup:
    """Takes a source apart; never fails, whatever the source."""
    tags: list[Tag] = []
    before: list[int] = []
    text = Text()
    for tag in _walk(source, text):
        tags.append(tag)
        before.append(text.length)
    return Markup(tuple(tags), text, tuple(before))


def read_plain(source: str) -> Text:
    """A plain text's characters with their places: only line ends are more than one character."""
    text = Text()
    _add_newlines(text, source)
    return text


def _walk(source: str, text: Text) -> Iterator[Tag]:
    at = 0
    while match := _TOKEN.search(source, at):
        _add_text(text, source, at, match.start())
        at = match.end()
        if (match["start"] or match["end"]) and not (match["gt1"] or match["gt2"]):
            return  # a tag that the end of the file cuts off is dropped, and so is what it holds
        if match["end"]:
            yield Tag(match["end"].lower(), match.start(), at, closing=True)
        elif match["start"]:
            tag = Tag(match["start"].lower(), match.start(), at, closing=False)
            yield tag
            at = _add_raw(text, source, at, tag.name)
    _add_text(text, source, at, len(source))


def _add_raw(text: Text, source: str, at: int, name: str) -> int:
    """Takes the text of an element that holds no markup; gives where its end tag begins."""
    if name not in RAW_TEXT and name not in ESCAPABLE_TEXT:
        return at
    close = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, at)
    end = close.start() if close else len(source)
    if name in ESCAPABLE_TEXT:
        _add_text(text, source, at, end)
    else:
        _add_newlines(text, source[at:end], at)
    return end


def _add_newlines(text: Text, raw: str, offset: int = 0) -> None:
    at = 0
    for match in re.finditer(r"\r\n?", raw):
        text.add(raw[at : match.start()], offset + at, offset + match.start())
        text.add("\n", offset + match.start(), offset + match.end())
        at = match.end()
    text.add(raw[at:], offset + at, offset + len(raw))


def _add_text(text: Text, source: str, start: int, end: int) -> None:
    at = start
    for match in _REFERENCE.finditer(source, start, end):
        resolved = _resolve(match[0])
        if resolved == match[0]:
            continue
        text.add(source[at : match.start()], at, match.start())
        text.add(resolved, match.start(), match.end())
        at = match.end()
    text.add(source[at:end], at, end)


def _resolve(reference: str) -> str:
    if reference[0] == "\r":
        return "\n"
    return "\ufffd" if reference == "\0" else html.unescape(reference)
