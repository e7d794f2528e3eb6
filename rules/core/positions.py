"""From a stretch of a block's text to the exact span in the source; right or none, never a guess.

The tree's character data and the source's character data (``markup``) are walked side by side. Both leave the markup
out and resolve references, so they differ only where the parser moved or dropped something; there the map has a hole.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, cast

from lxml import etree
from lxml.etree import Element
from lxml.html import HtmlElement, HTMLParser

from rules.core.blocks import BREAK, SKIPPED, Block, fold
from rules.core.markup import VOID, Markup, Text, read_markup, read_plain
from rules.core.tree import parse

NOTE_MOVED = "the parser read this part of the source differently, so its exact place is not known"
NOTE_NO_TEXT = "the text is not in the source as such"
_NUMBER = "data-copydesk-tag"
_SPACES = " \t\n\r\f"
_ELEMENTS, _BEFORE = etree.XPath("count(//*)"), etree.XPath("count(preceding::*) + count(ancestor::*)")
_PARSER = HTMLParser(encoding="utf-8")  # of single tags: to make one costs more than to read a tag


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
        opened = self._opened(node)
        found = None if opened is None else self._closed(opened)
        return (
            found if found and _letters(read_markup(self.source[slice(*found)]).text.parts) == _letters(_texts_of(node)) else None
        )

    def tag(self, node: HtmlElement) -> Span | None:
        """The span of a node's start tag; None where the source has none for it."""
        opened = self._opened(node)
        return None if opened is None else self.at(*self._markup.bounds(opened))

    def _plain(self, block: Block, start: int, end: int) -> tuple[int, int]:
        return self._text.span(block.start + block.offset(start), block.start + block.offset(end - 1) + 1)

    def _html(self, block: Block, start: int, end: int) -> tuple[int, int] | None:
        first, last = self._find(block, block.offset(start)), self._find(block, block.offset(end - 1))
        if first is None or last is None:
            return None
        span = self._text.span(first, first + 1)[0], self._text.span(last, last + 1)[1]
        return span if span[0] < span[1] else None

    def _find(self, block: Block, offset: int) -> int | None:
        """Where a character of a block's runs stands in the source's character data."""
        found = block.run_at(offset)
        if found is None or found[0].text == BREAK or found[0].node is None:
            return None
        at = self._start(found[0].node, tail=found[0].tail)
        return None if at is None else at + found[1]

    def _start(self, node: HtmlElement, *, tail: bool) -> int | None:
        at = self._near.get((node, tail))
        return self._nodes.get((node, tail)) if at is None else at

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
        starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]
        if "\r" not in source:
            return starts
        return [s for i, s in enumerate(starts) if not (i and source[s - 1] == "\r" and source[s : s + 1] == "\n")]

    @cached_property
    def _markup(self) -> Markup:
        return read_markup(self.source)

    @cached_property
    def _text(self) -> Text:
        return read_plain(self.source) if self.root is None else self._markup.text

    @cached_property
    def _near(self) -> dict[tuple[HtmlElement, bool], int]:
        """The same for the region alone: all of its text in a row, where the source has it so, and only once."""
        node = self.root if self.region is None else self.region
        texts = _texts(node) if node is not None else []
        here, source = "".join(text for _, _, text in texts), self._text.joined
        at = source.find(here) if here else -1
        if at < 0 or source.find(here, at + 1) >= 0:
            return {}
        places = accumulate((len(text) for _, _, text in texts), initial=at)
        return {(owner, tail): place for (owner, tail, _), place in zip(texts, places, strict=False)}

    @cached_property
    def _nodes(self) -> dict[tuple[HtmlElement, bool], int]:
        """Each piece of the tree's character data: where it starts in the source's character data."""
        return _align(self.root, self._text.joined) if self.root is not None else {}

    def _opened(self, node: HtmlElement) -> int | None:
        """The index of the start tag that opened an element; None where there is none."""
        if self._in_order is not None:
            index = self._in_order.get(node)
            if index is not None and self._is_tag_of(index, node):
                return index
        return self._numbered.get(node)

    def _is_tag_of(self, index: int, node: HtmlElement) -> bool:
        tag = self.source[slice(*self._markup.bounds(index))]
        named = (made for made in _parse_tag(tag).iter() if made.tag == node.tag)  # lxml cannot search for every name
        twin = next(named, None)
        return twin is not None and twin.attrib == node.attrib

    @cached_property
    def _in_order(self) -> dict[HtmlElement, int] | None:
        """The story's elements with their start tags, where the parser read the tags one by one as they stand, as it mostly does.

        So it did when the source has as many start tags as the tree has elements, the tag that stands where the story's element
        must stand is its own, attributes included, and those that follow are its elements', one after the other.
        """
        if self.root is None:
            return {}
        tags = self._markup.tags
        opening = [index for index, tag in enumerate(tags) if tag and tag[0] != "/"]
        story = self.root if self.region is None else self.region
        if _ELEMENTS(self.root) != len(opening):
            return None
        nodes, before = list(story.iter(Element)), int(cast("float", _BEFORE(story)))
        known = opening[before : before + len(nodes)]
        alike = [node.tag for node in nodes] == [tags[index] for index in known] and self._is_tag_of(known[0], story)
        return dict(zip(nodes, known, strict=True)) if alike else None

    @cached_property
    def _numbered(self) -> dict[HtmlElement, int]:
        """The same for any source, at the cost of a second parse."""
        return _match_tags(self.root, self.source, self._markup) if self.root is not None else {}

    def _closed(self, opened: int) -> tuple[int, int] | None:
        last = opened if self._markup.tags[opened] in VOID else self._pairs.get(opened)
        return None if last is None else (self._markup.bounds(opened)[0], self._markup.bounds(last)[1])

    @cached_property
    def _pairs(self) -> dict[int, int]:
        """Each start tag with the end tag that balances it, counting tags of its own name; none where nothing does."""
        pairs: dict[int, int] = {}
        open_tags: defaultdict[str, list[int]] = defaultdict(list)
        for index, tag in enumerate(self._markup.tags):
            if tag[:1] != "/":
                open_tags[tag].append(index)
            elif opened := open_tags[tag[1:]]:
                pairs[opened.pop()] = index
        return pairs


def _parse_tag(tag: str) -> HtmlElement:
    """The tree of a start tag alone."""
    folded = tag.replace("\r\n", "\n").replace("\r", "\n") if "\r" in tag else tag
    return etree.fromstring(folded.encode("utf-8", "replace"), _PARSER)


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


def _texts_of(node: HtmlElement) -> list[str]:
    return [text for _, _, text in _texts(node)]


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
    """The character data inside ``root`` in document order: the node, whether it is its tail, the text."""
    made: list[tuple[HtmlElement, bool, str]] = []
    _gather(root, made)
    return made


def _gather(node: HtmlElement, made: list[tuple[HtmlElement, bool, str]]) -> None:
    text = node.text
    if text and isinstance(node.tag, str):
        made.append((node, False, text))
    for child in node:
        _gather(child, made)
        text = child.tail
        if text:
            made.append((child, True, text))


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
