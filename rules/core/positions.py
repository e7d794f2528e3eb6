"""From a stretch of a block's text to the exact span in the source; right or none, never a guess.

The story's own stretch of the source (``excerpt``) is enough for nearly every finding. For all else the tree's character data
and the whole source's (``markup``) are walked side by side. Both leave the markup out and resolve references, so they differ
only where the parser moved or dropped something; there the map has a hole.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count
from operator import add
from typing import NamedTuple

from lxml.html import HtmlElement

from rules.core.blocks import BREAK, SKIPPED, Block, fold
from rules.core.excerpt import Excerpt, cut_out
from rules.core.markup import Markup, Text, read_markup, read_plain
from rules.core.tree import parse, texts_of

NOTE_MOVED = "the parser read this part of the source differently, so its exact place is not known"
NOTE_NO_TEXT = "the text is not in the source as such"
_NUMBER = "data-copydesk-tag"
_SPACES = " \t\n\r\f"


class Span(NamedTuple):
    """Where something stands in the source: code points from its start, and the line and column (from 1) of ``start``."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True)
class Positions:
    """The map of one article: built when the first finding asks, and once."""

    source: str
    root: HtmlElement | None  # None: plain text
    region: HtmlElement | None = None  # where the blocks stand, if not everywhere

    def span(self, block: Block, start: int, end: int) -> Span | None:
        """The source span of ``block.text[start:end]``, or None where it is not certain."""
        found = self.bounds(block, start, end)
        return self.at(*found) if found else None

    def bounds(self, block: Block, start: int, end: int) -> tuple[int, int] | None:
        """The same without line and column, which cost more."""
        if start >= end:
            return None
        found = self._plain(block, start, end) if self.root is None else self._html(block, start, end)
        return found if found and self._reads(found, block.text[start:end]) else None

    def at(self, start: int, end: int) -> Span:
        """A span with its line and column."""
        line = bisect_right(self._lines, start)
        return Span(start, end, line, start - self._lines[line - 1] + 1)

    def element(self, node: HtmlElement) -> tuple[int, int] | None:
        """From the start of a node's start tag to the end of its end tag; None where its source is not well nested."""
        markup, opened = self._opened(node)
        found = None if opened is None else markup.element(opened)
        says = [text for _, _, text in texts_of(node)]
        return found if found and _letters(read_markup(self.source, *found).text.parts) == _letters(says) else None

    def tag(self, node: HtmlElement) -> Span | None:
        """The span of a node's start tag; None where the source has none for it."""
        markup, opened = self._opened(node)
        return None if opened is None else self.at(*markup.bounds(opened))

    def _plain(self, block: Block, start: int, end: int) -> tuple[int, int]:
        first, last = (self._text.span(block.start + block.offset(place)) for place in (start, end - 1))
        return first[0], last[1]

    def _html(self, block: Block, start: int, end: int) -> tuple[int, int] | None:
        first, last = self._find(block, block.offset(start)), self._find(block, block.offset(end - 1))
        if first is None or last is None:
            return None
        span = first[0], last[1]
        return span if span[0] < span[1] else None

    def _find(self, block: Block, offset: int) -> tuple[int, int] | None:
        """The source span of one character of a block's runs."""
        found = block.run_at(offset)
        if found is None or found[0].text == BREAK or found[0].node is None:
            return None
        (run, inside), story = found, self._story
        piece = run.node, run.tail
        if story is not None and piece in story.texts:
            return story.markup.text.span(story.texts[piece] + inside)
        return self._text.span(self._nodes[piece] + inside) if piece in self._nodes else None

    def _reads(self, span: tuple[int, int], text: str) -> bool:
        """Whether the slice, taken apart again, says what was flagged: the check that makes a position right."""
        piece = self.source[slice(*span)]
        if piece == text and "<" not in piece and "&" not in piece:
            return True
        if self.root is None:
            return fold(_plain_text(piece)) == fold(text)
        return _letters(_visible(piece)) == _letters([text])

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line starts; a line ends at LF, CR or CRLF."""
        source = self.source
        lines = (source.replace("\r\n", "\n\n").replace("\r", "\n") if "\r" in source else source).split("\n")
        starts = [0, *map(add, accumulate(map(len, lines[:-1])), count(1))]
        if "\r" not in source:
            return starts
        return [s for i, s in enumerate(starts) if not (i and source[s - 1] == "\r" and source[s : s + 1] == "\n")]

    @cached_property
    def _story(self) -> Excerpt | None:
        """The story alone: enough for nearly every finding, at a tenth of the cost of the whole page."""
        return None if self.region is None else cut_out(self.source, self.region)

    @cached_property
    def _markup(self) -> Markup:
        return read_markup(self.source)

    @cached_property
    def _text(self) -> Text:
        return read_plain(self.source) if self.root is None else self._markup.text

    @cached_property
    def _nodes(self) -> dict[tuple[HtmlElement, bool], int]:
        """Each piece of the tree's character data: where it starts in the source's character data."""
        return _align(self.root, self._text.joined) if self.root is not None else {}

    def _opened(self, node: HtmlElement) -> tuple[Markup, int | None]:
        """The markup that holds the start tag of an element, and the tag's index there; no index where there is none."""
        story = self._story
        if story is not None and node in story.tags:
            return story.markup, story.tags[node]
        return self._markup, self._numbered.get(node)

    @cached_property
    def _numbered(self) -> dict[HtmlElement, int]:
        """The start tag of every element, at the cost of a second parse."""
        return _match_tags(self.root, self.source, self._markup) if self.root is not None else {}


def _visible(piece: str) -> list[str]:
    """The character data of a piece of source, without what stands in elements that show none."""
    markup = read_markup(piece)
    text, parts, at, inside = markup.text.joined, [], 0, ""
    for index, tag in enumerate(markup.tags):
        if not inside and tag in SKIPPED:
            parts.append(text[at : markup.text_before(index)])
            inside = tag
        elif inside and tag == f"/{inside}":
            at, inside = markup.text_before(index), ""
    return parts if inside else [*parts, text[at:]]


def _letters(parts: list[str]) -> str:
    """The parts joined, without white space."""
    return "".join("".join(parts).split())


def _plain_text(piece: str) -> str:
    return piece.replace("\r\n", "\n").replace("\r", "\n")


def _align(root: HtmlElement, source: str) -> dict[tuple[HtmlElement, bool], int]:
    """Walks the tree's texts and the source's text side by side; a text that is not where it must be is left out."""
    nodes: dict[tuple[HtmlElement, bool], int] = {}
    at = 0
    for node, tail, text in texts_of(root):
        found = _here(source, text, at)
        if found is None:
            continue
        if text.strip(_SPACES):
            nodes[node, tail] = found
        at = found + len(text)
    return nodes


def _here(source: str, text: str, at: int) -> int | None:
    """Where ``text`` stands in ``source`` from ``at`` on, with nothing but white space between."""
    if source.startswith(text, at):
        return at
    lead = len(text) - len(text.lstrip(_SPACES))
    core = text[lead:]
    if not core:
        return None
    here = at
    while here < len(source) and source[here] in _SPACES:
        here += 1
    if source.startswith(core, here) and here - lead >= 0:
        return here - lead
    later = source.find(core, here) if len(core) >= 24 else -1  # 24: long enough to be itself and no other
    return later - lead if later >= lead and source.find(core, later + 1, later + 20_000) < 0 else None


def _match_tags(root: HtmlElement, source: str, markup: Markup) -> dict[HtmlElement, int]:
    """Each element with the index of its start tag: the source is parsed again with every start tag numbered.

    An attribute changes nothing about the tree, so both trees are walked side by side. Elements that the parser made
    up have no number. Where the trees differ after all (a tag inside what is no markup), nothing is matched.
    """
    numbered = parse(_number(source, markup)).root
    theirs = [node for node in numbered.iter() if isinstance(node.tag, str)]
    ours = [node for node in root.iter() if isinstance(node.tag, str)]
    if [node.tag for node in ours] != [node.tag for node in theirs]:
        return {}
    return {node: int(twin.attrib[_NUMBER]) for node, twin in zip(ours, theirs, strict=True) if _NUMBER in twin.attrib}


def _number(source: str, markup: Markup) -> str:
    pieces, at = [], 0
    for index, tag in enumerate(markup.tags):
        if not tag or tag[0] == "/":
            continue
        name_end = markup.bounds(index)[0] + 1 + len(tag)
        pieces += [source[at:name_end], f' {_NUMBER}="{index}"']
        at = name_end
    return "".join([*pieces, source[at:]])
