"""A block's quotations: what stands between quotation marks, straight or curly, with apostrophes told apart."""

import re
from bisect import bisect_left
from typing import NamedTuple

from rules.core.blocks import Block

_PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«»", '"': '"”'}  # »…« is German and Danish, »…» Swedish and Finnish
_MISTYPED = {"„": '"', '"': "“"}  # closes too, where no letter follows
# A mark after a word closes something, and so does » unless a word follows it; « may have a space after it, as in French.
_OPENING = re.compile(r"[“„\"]|(?<![\w.,;!?…])«|(?<![\w.,;!?…])»(?=[\w¡¿(„“\"'‚‘›…])")
# Speech in single marks, as much of the British and Irish press sets it: it ends behind a full stop or a comma. Scare quotes
# and apostrophes do not; a title that does, ‘Help!’, is taken for it.
_SPEECH = re.compile(
    r"(?<![\w’'])(?:‘|'(?=[A-Z]))(?!T(?:is|was|il)\b)"
    r"(?:[^‘’']|(?<=\w)[’'](?=\w)|(?<=s)[’'](?= [a-z])){2,2000}?[,.!?…][’'](?!\w)"
)
MAX_OPEN = 5_000  # characters a quotation may run in one block before its mark counts as a stray one


class Quotation(NamedTuple):
    """A quotation of a block: ``start`` and ``end`` are code points into ``block.text``, marks included."""

    block: Block
    start: int
    end: int
    closed: bool  # False: it runs to the paragraph's end, as a quotation over several paragraphs does

    @property
    def text(self) -> str:
        """What it says, without its marks."""
        return self.block.text[self.start + 1 : self.end - self.closed]

    @property
    def words(self) -> int:
        """How many words it has, by white space."""
        return len(self.text.split())


def quotations(block: Block) -> tuple[Quotation, ...]:
    """The quotations of a block, in order; an inner one is part of the outer."""
    text, found, at = block.text, [], 0
    straight = [match.start() for match in re.finditer('"', text)]
    while match := _OPENING.search(text, at):
        start = match.start()
        if _is_inch(text, start, straight):
            at = start + 1
            continue
        end = _closing(text, start, straight)
        found.append(Quotation(block, start, len(text) if end is None else end + 1, end is not None))
        at = found[-1].end
    return tuple(found)


def speech(text: str) -> list[tuple[int, int]]:
    """Where words in single quotation marks stand that are somebody's speech: code points, marks included."""
    return [match.span() for match in _SPEECH.finditer(text)]


def _closing(text: str, start: int, straight: list[int]) -> int | None:
    marks, mistyped = _PAIRS[text[start]], _MISTYPED.get(text[start])
    for at in range(start + 1, min(len(text), start + MAX_OPEN)):
        if text[at] in marks and not _is_inch(text, at, straight):
            return at
        if text[at] == mistyped and not text[at + 1 : at + 2].isalnum():
            return at
        if text[at] == text[start] and text[at - 1] in ", " and text[at + 1 : at + 2] == " ":  # a closing mark that was mistyped
            return at
    return None


def _is_inch(text: str, at: int, straight: list[int]) -> bool:
    """A straight mark right after a digit and before no letter is inches or seconds, if none was opened.

    ``straight`` are the places of the straight marks: counting them anew each time would cost the square of the text.
    """
    return (
        text[at] == '"'
        and at > 0
        and text[at - 1].isdigit()
        and text[at + 1 : at + 2] not in (",", ".")
        and bisect_left(straight, at) % 2 == 0
    )
