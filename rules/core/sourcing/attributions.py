"""The attribution map of an article: which source says what by which cue, and whose voice it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rules.core.blocks import Block
from rules.core.sourcing.choices import Span
from rules.core.sourcing.lexicon import base_of, class_of, kind_of
from rules.core.sourcing.tagger import CUE_FROM, Tagged, read_tagger
from rules.core.sourcing.tokens import Tokens, tokenise
from rules.core.sourcing.voices import Cast, Voice

Kind = Literal["statement", "belief", "intention"]
Type = Literal["direct", "indirect", "mixed"]
CLEAR_CUE, CLEAR_SOURCE = 1.0, 3.0  # log odds: .90 of 1,163 attributions right, on documents left out (all 1,862: .75)
CUE_PLAIN = 0.0
_VERBAL = frozenset("vbhmd")
CLEAR_WORDS = 5  # tokens; of shorter contents without a verb or quotation marks more than half are cut off wrongly


class Passage(NamedTuple):
    """A stretch of one block: ``start`` and ``end`` are code points into ``block.text``."""

    block: Block
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there."""
        return self.block.text[self.start : self.end]

    def covers(self, start: int, end: int) -> bool:
        """Whether it shares a character with that stretch of its block."""
        return self.start < end and self.end > start


@dataclass(slots=True, eq=False)  # a frozen one would cost three times as much to make
class Attribution:
    """One attribution. Only a statement answers "who says so?".

    ``cue`` and ``source`` are None for a quotation whose speaker goes on; ``voice`` is who it rests on, where that is known.
    ``sure``: the cue is more likely one than not; only these answer for a sentence. ``clear``: cue and source are so far ahead
    that nine in ten of them are right on documents left out; only these are held against a story or counted for a source.
    """

    block: Block
    kind: Kind
    type: Type
    source: Passage | None
    cue: Passage | None
    contents: tuple[Passage, ...]
    voice: Voice | None
    sure: bool
    clear: bool = True
    head: str = ""  # the base form of the cue's verb

    @property
    def words(self) -> int:
        """How many words of the story rest on it."""
        return sum(len(content.text.split()) for content in self.contents)


def attribute(blocks: Sequence[Block]) -> tuple[Attribution, ...]:
    """The attributions of an English article's blocks, in order. Time and space grow linearly with the text."""
    tagger = read_tagger()
    paragraphs = [(block, tokenise(block.text)) for block in blocks]
    cast = Cast([t for _, t in paragraphs])
    found: list[Attribution] = []
    carried = False
    for block, t in paragraphs:
        if t.kinds:
            tagged = sorted(tagger.tag(t, carried=carried), key=_place)
            found += _in_paragraph(block, t, tagged, cast)
            carried = bool(t.quotes and not t.closed[-1])
    return tuple(found)


def _place(tagged: Tagged) -> int:
    return tagged.cue.start if tagged.cue else tagged.contents[0][0]


def _in_paragraph(block: Block, t: Tokens, many: Sequence[Tagged], cast: Cast) -> list[Attribution]:
    made: list[Attribution] = []
    sentence = -1
    for tagged in many:
        cue, source, contents, score, _ = tagged
        at = _place(tagged)
        if source:
            voice: Voice | None = cast.voice_of(t, source)
        else:
            goes_on = cue is None or (t.sentence[at] == sentence and made and made[-1].voice is not None)
            voice = cast.last if goes_on else None
        sentence = t.sentence[at]
        head = t.lower[cue.head] if cue else ""
        made.append(
            Attribution(
                block=block,
                kind=kind_of(head) if cue else "statement",  # type: ignore[arg-type]
                type=_type(t, contents),
                source=_passage(block, t, source),
                cue=_passage(block, t, cue[:2] if cue else None),
                contents=tuple([Passage(block, *t.span(*span)) for span in contents]),
                voice=voice,
                sure=score > max(0.0, CUE_FROM),
                clear=cue is None or is_clear(t, tagged),
                head=base_of(head) if cue else "",
            )
        )
    return made


def is_clear(t: Tokens, tagged: Tagged) -> bool:
    """Whether an attribution is so likely right that it may be held against a story or counted for a source.

    "According to" and a verb of saying beside a quotation say so by themselves, however the sentence around them is built.
    """
    if tagged.score <= CUE_PLAIN or (tagged.source is not None and tagged.lead <= CLEAR_SOURCE):
        return False
    head = t.lower[tagged.cue.head] if tagged.cue else ""
    quoted = _type(t, tagged.contents)
    if tagged.score <= CLEAR_CUE and head != "according" and (quoted == "indirect" or "say" not in class_of(head).split("+")):
        return False
    kinds = "".join([t.kinds[start:end] for start, end in tagged.contents])
    return not kinds or len(kinds) >= CLEAR_WORDS or quoted == "direct" or not _VERBAL.isdisjoint(kinds)


def _passage(block: Block, t: Tokens, span: Span | None) -> Passage | None:
    return Passage(block, *t.span(*span)) if span else None


def _type(t: Tokens, contents: Sequence[Span]) -> Type:
    if not t.quotes or not contents:
        return "indirect"
    outside = [-1 in t.quote[start:end] for start, end in contents]
    if not any(outside):
        return "direct"
    return "mixed" if any(max(t.quote[start:end]) >= 0 for start, end in contents) else "indirect"
