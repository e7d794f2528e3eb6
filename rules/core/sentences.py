"""A block's sentences: a full stop ends one unless an abbreviation, an initial or a number says otherwise."""

import re
from typing import NamedTuple

from rules.core.blocks import Block

# A pattern with an abbreviation list got 30 of 35 hard cases, as many as sentencex and more than punkt.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev hon gen col lt sgt capt maj cmdr adm gov sen rep pres sr jr st mt ft vs etc "
    "inc ltd corp co bros jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun no "
    "nos fig vol pp ed est dept univ assn ave blvd rd a.m p.m u.s u.k u.n e.g i.e d.c ph.d m.d b.c a.d "
    "approx al ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont "
    "neb nev okla ore pa tenn tex va vt wash wis wyo messrs supt insp det dist bzw ca z.b d.h u.a o.ä usw "
    "nr str geb mme mlle m".split()
)
# It begins with a class of characters, which ``re`` runs through a text for the fastest, and tries a row of full stops once.
_END = re.compile(r"[.!?…\n](?:(?<=\n)|(?<![.!?…][.!?…])[.!?…]*+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[^\sa-z]))")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]*$")
_INITIALS = re.compile(r"(?:[a-z]\.)+[a-z]")
_GERMAN_MONTH = re.compile(r"\s(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b")


class Sentence(NamedTuple):
    """A sentence of a block: ``start`` and ``end`` are code points into ``block.text``."""

    block: Block
    start: int
    end: int

    @property
    def text(self) -> str:
        """What it says."""
        return self.block.text[self.start : self.end]


def sentences(block: Block) -> tuple[Sentence, ...]:
    """The sentences of a block, in order and without the white space between them."""
    return tuple(Sentence(block, start, end) for start, end in sentence_bounds(block.text))


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence of a text, without the white space between them."""
    found, start = [], 0
    for match in _END.finditer(text):
        stop, end = match.span()
        if text[stop] == "." and _goes_on(text, stop):
            continue
        found.append((start, end))
        start = end
    found.append((start, len(text)))
    return [_trim(text, a, b) for a, b in found if not text[a:b].isspace() and a < b]


def _goes_on(text: str, stop: int) -> bool:
    if text.startswith("...", stop):
        return False
    last = _LAST_WORD.search(text, max(0, stop - 20), stop)[0].lower()  # type: ignore[index]  # it matches nothing at the least
    if last in _ABBREVIATIONS:
        return True
    if len(last) <= 2:
        return (len(last) == 1 and last.isalpha() and last != "i") or (
            last.isdigit() and _GERMAN_MONTH.match(text, stop + 1) is not None
        )
    return "." in last and _INITIALS.fullmatch(last) is not None


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end
