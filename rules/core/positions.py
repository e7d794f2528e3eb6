"""From a stretch of a block's text to the exact span in the source; right or none, never a guess.

The tree's character data and the source's character data (``markup``) are walked side by side. Both leave the markup
out and resolve references, so they differ only where the parser moved or dropped something; there the map has a hole.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lxml.html import HtmlElement

from rules.core.blocks import BREAK, SKIPPED, Block, fold
from rules.core.markup import VOID, Markup, Tag, Text, read_markup, read_plain
from rules.core.tree import parse

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

    def span(self, block: Block, start: int, end: int) -> Span | None:
        """The source span of ``block.text[start:end]``, or None where it is not certain."""
        if start >= end or end > len(block.offsets):  # a headline outside the story may have a text and no place
            return None
        found = self._plain(block, start, end) if self.root is None else self._html(block, start, end)
        return self.at(*found) if found and self._reads(found, block.text[start:end]) else None

    def at(self, start: int, end: int) -> Span:
        """A span with its line and column."""
        line = bisect_right(self._lines, start)
        return Span(start, end, line, start - self._lines[line - 1] + 1)

    def element(self, node: HtmlElement) -> tuple[int, int] | None:
        """From the start of a node's start tag to the end of its end tag; None where its source is not well nested."""
        opened = self._opened.get(node)
        found = None if opened is None else self._closed(opened)
        return (
            found if found and _letters(read_markup(self.source[slice(*found)]).text.parts) == _letters(_texts_of(node)) else None
        )

    def tag(self, node: HtmlElement) -> Span | None:
        """The span of a node's start tag; None where the source has none for it."""
        opened = self._opened.get(node)
        return None if opened is None else self.at(self._markup.tags[opened].start, self._markup.tags[opened].end)

    def _plain(self, block: Block, start: int, end: int) -> tuple[int, int]:
        offsets = block.offsets
        return self._text.span(block.start + offsets[start], block.start + offsets[end - 1] + 1)

    def _html(self, block: Block, start: int, end: int) -> tuple[int, int] | None:
        first = self._find(block, block.offsets[start], last=False)
        last = self._find(block, block.offsets[end - 1], last=True)
        return (first, last) if first is not None and last is not None and first < last else None

    def _find(self, block: Block, offset: int, *, last: bool) -> int | None:
        for run in block.runs:
            if offset < len(run.text):
                if run.text == BREAK:
                    return None
                at = self._nodes.get((run.node, run.tail)) if run.node is not None else None
                return None if at is None else self._text.span(at + offset, at + offset + 1)[last]
            offset -= len(run.text)
        return None

    def _reads(self, span: tuple[int, int], text: str) -> bool:
        """Whether the slice, taken apart again, says what was flagged: the check that makes a position right."""
        if self.root is None:
            return fold(_plain_text(self.source[slice(*span)])) == fold(text)
        return _letters(_visible(self.source[slice(*span)])) == _letters([text])

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line starts; a line ends at LF, CR or CRLF."""
        starts, at = [0], 0
        for line in self.source.replace("\r\n", "\n\n").replace("\r", "\n").split("\n")[:-1]:
            at += len(line) + 1
            starts.append(at)
        return [s for i, s in enumerate(starts) if not (i and self.source[s - 1] == "\r" and self.source[s : s + 1] == "\n")]

    @cached_property
    def _markup(self) -> Markup:
        return read_markup(self.source)

    @cached_property
    def _text(self) -> Text:
        return read_plain(self.source) if self.root is None else self._markup.text

    @cached_property
    def _nodes(self) -> dict[tuple[HtmlElement, bool], int]:
        """Each piece of the tree's character data: where it starts in the source's character data."""
        return _align(self.root, "".join(self._text.parts)) if self.root is not None else {}

    @cached_property
    def _opened(self) -> dict[HtmlElement, int]:
        """Each element that a start tag of the source opened: the index of that tag."""
        return _match_tags(self.root, self.source, self._markup) if self.root is not None else {}

    def _closed(self, opened: int) -> tuple[int, int] | None:
        first = self._markup.tags[opened]
        last = first if first.name in VOID else _matching(self._markup.tags, opened)
        return None if last is None else (first.start, last.end)


def _visible(piece: str) -> list[str]:
    """The character data of a piece of source, without what stands in elements that show none."""
    markup = read_markup(piece)
    text, parts, at, inside = "".join(markup.text.parts), [], 0, ""
    for tag, before in zip(markup.tags, markup.text_before, strict=True):
        if not inside and tag.name in SKIPPED and not tag.closing:
            parts.append(text[at:before])
            inside = tag.name
        elif inside and tag.closing and tag.name == inside:
            at, inside = before, ""
    return parts if inside else [*parts, text[at:]]


def _letters(parts: list[str]) -> str:
    """The parts joined, without white space."""
    return "".join("".join(parts).split())


def _texts_of(node: HtmlElement) -> list[str]:
    return [text for owner, tail, text in _texts(node) if not (tail and owner is node)]


def _plain_text(piece: str) -> str:
    return piece.replace("\r\n", "\n").replace("\r", "\n")


def _align(root: HtmlElement, source: str) -> dict[tuple[HtmlElement, bool], int]:
    """Walks the tree's texts and the source's text side by side; a text that is not where it must be is left out."""
    nodes: dict[tuple[HtmlElement, bool], int] = {}
    at = 0
    for node, tail, text in _texts(root):
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


def _texts(root: HtmlElement) -> list[tuple[HtmlElement, bool, str]]:
    """The tree's character data in document order: the node, whether it is its tail, the text."""
    made: list[tuple[HtmlElement, bool, str]] = []
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            if node.tail:
                made.append((node, True, node.tail))
            continue
        if isinstance(node.tag, str) and node.text:
            made.append((node, False, node.text))
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    return made


def _match_tags(root: HtmlElement, source: str, markup: Markup) -> dict[HtmlElement, int]:
    """Each element with the index of its start tag: the source is parsed again with every start tag numbered.

    An attribute changes nothing about the tree, so both trees are walked side by side. Elements that the parser made
    up have no number. Where the trees differ after all (a tag inside what is no markup), nothing is matched.
    """
    numbered = parse(_number(source, markup.tags)).root
    theirs = [node for node in numbered.iter() if isinstance(node.tag, str)]
    ours = [node for node in root.iter() if isinstance(node.tag, str)]
    if [node.tag for node in ours] != [node.tag for node in theirs]:
        return {}
    return {node: int(twin.attrib[_NUMBER]) for node, twin in zip(ours, theirs, strict=True) if _NUMBER in twin.attrib}


def _number(source: str, tags: tuple[Tag, ...]) -> str:
    pieces, at = [], 0
    for index, tag in enumerate(tags):
        if tag.closing:
            continue
        name_end = tag.start + 1 + len(tag.name)
        pieces += [source[at:name_end], f' {_NUMBER}="{index}"']
        at = name_end
    return "".join([*pieces, source[at:]])


def _matching(tags: tuple[Tag, ...], opened: int) -> Tag | None:
    """The end tag that balances a start tag, counting tags of its own name."""
    name, depth = tags[opened].name, 0
    for tag in tags[opened:]:
        if tag.name == name:
            depth += -1 if tag.closing else 1
            if not depth:
                return tag
    return None
