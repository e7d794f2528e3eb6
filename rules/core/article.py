"""The one view of an article that rules see, built once per revision from bytes."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

from lxml.html import HtmlElement

from rules.core.blocks import Block, Run, fold, read_blocks
from rules.core.decoding import decode
from rules.core.metadata import PageMetadata, read_metadata
from rules.core.positions import Positions
from rules.core.quotations import Quotation, quotations, speech
from rules.core.region import MARK, Region, find_region
from rules.core.sentences import Sentence, sentences
from rules.core.sourcing.attributions import Attribution, attribute
from rules.core.submission import Submission
from rules.core.tree import Limit, is_html, is_page, parse

__all__ = ["Article", "Block", "read"]
T = TypeVar("T")
_ENGLISH = frozenset("the of and to a in is that for on with was as it by at from be are this have has not or an".split())
_WORDS = re.compile(r"\w+")
_BEHIND = re.compile(r"(?<=.)\s+[|•·»–—-]\s+[^|•·»]{1,40}$")  # the page's name, as most titles end on it
UNKNOWN = "und"  # a language that nothing says, as BCP 47 writes it
ENGLISH_SHARE = 0.15  # of a text's words are these; English prose has 30 % and more, no other language of Latin letters over 10 %
ENOUGH_WORDS = 40
WRAPPED = 120  # characters of the longest line that a program breaks a paragraph into
ATTRIBUTED = frozenset({"headline", "standfirst", "paragraph", "list-item", "quote", "other"})
PROSE_KINDS = frozenset({"paragraph", "list-item", "quote", "other"})


@dataclass(frozen=True, eq=False)
class Article:
    """An article: its blocks in reading order, its metadata, its headline fields, and the map back to its source."""

    source: str
    encoding: str
    root: HtmlElement | None = field(repr=False)  # None: plain text
    region: Region | None = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    metadata: PageMetadata
    limits: tuple[Limit, ...] = ()
    page: bool = False
    _made: dict[Any, Any] = field(default_factory=dict, repr=False)
    _quoted: dict[Block, list[tuple[int, int]]] = field(default_factory=dict, repr=False)

    @property
    def published_at(self) -> datetime | None:
        """When it was published, with an offset (UTC was assumed where it had none)."""
        return self.metadata.published_at

    @property
    def touched_at(self) -> datetime | None:
        """When somebody last changed it: the later of published and modified."""
        return max(filter(None, (self.metadata.published_at, self.metadata.modified_at)), default=None)

    @property
    def kind(self) -> str:
        """``news``, ``opinion``, ``analysis``, ``review``, ``live-blog``, ``recipe``, ``advertisement``."""
        return self.metadata.kind

    @cached_property
    def language(self) -> str:
        """The two letters of its language as declared; else English, unless its words are not (then ``UNKNOWN``)."""
        if self.metadata.language:
            return self.metadata.language.lower()[:2]
        found = [word for block in self.prose for word in block.key.split()]
        english = sum(map(_ENGLISH.__contains__, found))
        return UNKNOWN if len(found) >= ENOUGH_WORDS and english < ENGLISH_SHARE * len(found) else "en"

    @cached_property
    def headline(self) -> Block | None:
        """The headline readers see: the story's h1, else the page's that a field names, else that field, else the page's first.

        Many pages have an h1 for their own name or a section's, far from the story; no field of the head repeats it.
        """
        in_story = next((block for block in self.blocks if block.kind == "headline"), None)
        if in_story is not None or self.root is None:
            return in_story or next(iter(self.headline_fields.values()), None)
        fields, headings = tuple(self.headline_fields.values()), tuple(_headings(self.root))
        said = [_BEHIND.sub("", field.text) for field in fields]
        named = (heading for heading in headings if any(_says_the_same(heading.text, text) for text in said))
        return next(chain(named, fields, headings), None)

    @cached_property
    def headline_fields(self) -> dict[str, Block]:
        """Each headline field of the metadata as a block outside the story (index -1)."""
        return {name: _field(name, text, self.root) for name, text in self.metadata.headlines.items()}

    @cached_property
    def text(self) -> str:
        """The story: its blocks, a line feed between two."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def words(self) -> int:
        """How many words the story has, by white space."""
        return sum(block.words for block in self.blocks)

    @cached_property
    def positions(self) -> Positions:
        """The map to the source; building it costs as much as a parse, so only findings ask for it."""
        return Positions(self.source, self.root, self.region.element if self.region else None)

    @cached_property
    def inside(self) -> dict[HtmlElement, set[int]]:
        """The indexes of the blocks inside each element around a block."""
        found: dict[HtmlElement, set[int]] = {}
        for block in self.blocks:
            for node in block.ancestors:
                found.setdefault(node, set()).add(block.index)
        return found

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """Every quotation of the story's prose, in order."""
        return tuple(quote for block in self.prose for quote in quotations(block))

    @cached_property
    def _quotations(self) -> dict[int, list[Quotation]]:
        found: dict[int, list[Quotation]] = {}
        for quote in self.quotations:
            found.setdefault(quote.block.index, []).append(quote)
        return found

    def quotations_in(self, block: Block) -> list[Quotation]:
        """Those of one block of prose, in order; a headline of the page's head is none, though it may have a block's index."""
        found = self._quotations.get(block.index, [])
        return found if found and found[0].block is block else []

    def quoted(self, block: Block) -> list[tuple[int, int]]:
        """Where somebody's words stand in a block (code points), in order and apart: quotations, and speech in single marks."""
        if block not in self._quoted:
            double = [(quote.start, quote.end) for quote in self.quotations_in(block)]
            self._quoted[block] = sorted(double + [span for span in speech(block.text) if not _meets(double, span)])
        return self._quoted[block]

    def is_quoted(self, block: Block, at: int) -> bool:
        """Whether a place of a block's text (code points) stands in somebody's words."""
        return _meets(self.quoted(block), (at, at + 1))

    @cached_property
    def _sentences(self) -> dict[int, tuple[Sentence, ...]]:
        return {block.index: sentences(block) for block in self.prose}

    def sentences(self, block: Block) -> tuple[Sentence, ...]:
        """The sentences of one block of prose."""
        return self._sentences.get(block.index, ())

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        """Who says what, in the headline and the prose; nothing where the language is not English."""
        return attribute([block for block in self.blocks if block.kind in ATTRIBUTED]) if self.language == "en" else ()

    @cached_property
    def prose(self) -> tuple[Block, ...]:
        """The blocks that are running text: paragraphs, list items, quotes."""
        return tuple(block for block in self.blocks if block.kind in PROSE_KINDS)

    def once(self, make: Callable[["Article"], T]) -> T:
        """What ``make`` gives for this article, computed for the first rule that asks and kept for the others."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    def after(self, block: Block) -> Iterator[Block]:
        """The blocks after ``block``, in order."""
        return (self.blocks[index] for index in range(block.index + 1, len(self.blocks)))  # a slice would copy all of them


def read(submission: Submission) -> Article:
    """The article of a submission. Raises UnreadableInputError for empty, binary or oversized input."""
    decoded = decode(submission.content, submission.charset)
    kind = submission.kind
    if kind == "text" or (kind == "auto" and not is_html(decoded.text)):
        return _read_text(decoded.text, decoded.encoding, submission)
    tree = parse(decoded.text)
    page = is_page(decoded.text)
    metadata = read_metadata(tree.root, submission)
    region = find_region(tree.root, page=page, body_text=metadata.body, marked=MARK in decoded.text)
    return Article(
        source=decoded.text,
        encoding=decoded.encoding,
        root=tree.root,
        region=region,
        blocks=read_blocks(region.element),
        metadata=metadata,
        limits=tree.limits,
        page=page,
    )


def _read_text(text: str, encoding: str, submission: Submission) -> Article:
    blocks = tuple(_paragraphs(text.replace("\r\n", "\n").replace("\r", "\n")))
    return Article(text, encoding, None, None, blocks, read_metadata(None, submission))


def _paragraphs(text: str) -> Iterator[Block]:
    """Plain text: blank lines stand between paragraphs, or line ends where lines are longer than anybody wraps them.

    The first short paragraph without a full stop is the headline.
    """
    at = 0
    for index, paragraph in enumerate(_split(text)):
        start = text.index(paragraph, at)
        at = start + len(paragraph)
        shown = fold(paragraph)
        title = not index and len(shown) <= 150 and not shown.endswith((".", "!", "”", '"'))
        yield Block(index, "headline" if title else "paragraph", shown, None, (Run(None, False, paragraph, False),), None, start)


def _split(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line in (*text.splitlines(keepends=True), ""):
        if line.strip():
            lines.append(line)
        elif lines:
            yield from (one.strip() for one in (lines if max(map(len, lines)) > WRAPPED else ["".join(lines)]))
            lines = []


def _meets(spans: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether a stretch shares a character with one of these, which are in order and apart."""
    nearest = bisect_right(spans, span[1] - 1, key=itemgetter(0)) - 1
    return nearest >= 0 and span[0] < spans[nearest][1]


def _headings(root: HtmlElement) -> Iterator[Block]:
    """The page's h1, each as a block outside the story."""
    for node in root.iter("h1"):
        block = _outside(node, node.text_content())
        if block.text:
            yield block


def _says_the_same(heading: str, field: str) -> bool:
    """Whether a heading has half of a headline field's words, or of its letters in a row where words have no spaces."""
    one, other = (_WORDS.findall(text.lower()) for text in (heading, field))
    letters, all_letters = "".join(one), "".join(other)
    if not letters or not all_letters:
        return False
    in_a_row = letters in all_letters and 2 * len(letters) >= len(all_letters)
    return in_a_row or 2 * len(set(one) & set(other)) >= len(set(other))


def _field(name: str, text: str, root: HtmlElement | None) -> Block:
    title = next(root.iter("title"), None) if root is not None and name == "title" else None
    return _outside(title, text)


def _outside(node: HtmlElement | None, text: str) -> Block:
    """A block that is no part of the story; it has a place in the source when it is one text in one element."""
    runs = (Run(node, False, node.text, False),) if node is not None and node.text and not len(node) else ()
    return Block(-1, "headline", fold(text), node, runs)
