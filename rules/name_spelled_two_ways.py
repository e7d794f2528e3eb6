"""A name is spelled in two ways.

## Why it matters
"Zelensky" in one paragraph and "Zelenskyy" in the next: one of them is wrong, or the house has no rule.

## What is checked
A first name with two last names that differ by one letter or have two neighbours swapped ("Oldfield", "Oldfeild"), each of
five letters or more.

## Known limits
Words that the story also writes small are no names; two people may be called so (a sentence with both tells them apart), a
quotation may keep the other spelling, and possessives are taken off first; a name in capitals is not read.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.lexicon import words

_NAME = later(r"\b(?=([A-Z][a-zà-ÿ]{2,}) ([A-Z][a-zà-ÿ]{4,})\b)")
_TITLES = words("sources", "title") | frozenset(  # and what stands before the names of places
    "the prime saint mount lake port cape fort bay point north south east west new los san general lord king queen".split()
)
_SPELLING = later(r"\b(?:mis)?spel(?:l|led|t|ling|lings|ls)\b", re.IGNORECASE)

_Found = tuple[Block, int, int]  # a last name's place

_INSTITUTIONS = frozenset(  # written in the house's language here and in their own there
    "University Université Universität Universidad Universita Universidade Universiteit Institute Institut Instituto Academy "
    "Academie Academia Museum Theatre Theater Centre Center Republic Republik".split()
)


class NameSpelledTwoWays(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 5

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first place of the rarer spelling."""
        context.spend(6 * len(article.text))
        places: dict[tuple[str, str], list[_Found]] = {}
        for block in article.prose:
            for match in _NAME.finditer(block.text):
                if match[1].lower() not in _TITLES:
                    places.setdefault((match[1], match[2]), []).append((block, match.start(2), match.end(2)))
        common = set[str]().union(*(block.text.split() for block in article.prose)) if len(places) > 1 else set()
        by_first: dict[str, list[str]] = {}
        for first, last in places:
            if last.lower() not in common and last not in _INSTITUTIONS:
                by_first.setdefault(first, []).append(last)
        pairs = [(first, one, other) for first, lasts in by_first.items() for one, other in _pairs(lasts)]
        telling = {block.index for block in article.prose if _SPELLING.search(block.text)} if pairs else set()
        for first, one, other in pairs:
            context.spend(10)
            rare, usual = sorted((one, other), key=lambda name: len(places[first, name]))
            block, start, end = places[first, rare][0]
            told = any(where.index in telling for name in (one, other) for where, _, _ in places[first, name])
            if not told and not _share_a_sentence(article, places[first, rare][0], places[first, usual]):
                message = f"{first} {rare} is {first} {usual} elsewhere in the story."
                counts = f"{usual} {len(places[first, usual])} times, {rare} {len(places[first, rare])}"
                yield Finding(message, (Place(block, start, end),), None, 0.85, (counts,))

    examples: ClassVar = (
        Example(
            why="a doubled letter",
            html="<p>Volodymyr Zelensky spoke. Later Volodymyr Zelensky left.</p><p>Volodymyr ⟦Zelenskyy⟧ came back.</p>",
        ),
        Example(
            why="two letters swapped",
            html="<p>Gareth Oldfield spoke. Later Gareth Oldfield left.</p><p>Gareth ⟦Oldfeild⟧ came back.</p>",
        ),
        Example(why="two letters apart", html="<p>Gareth Oldfield spoke.</p><p>Gareth Odlfeild came back.</p>"),
        Example(why="two people", html="<p>John Miller met John Milton and Mary Miller.</p>"),
        Example(
            why="two whom the story tells apart, and two with a title",
            html="<p>John Davies and John Davis sat on the jury.</p><p>Prof Allen spoke.</p><p>Prof Allan left.</p>"
            "<p>Philip Larkin wrote it.</p><p>The plaque misspells him as Philip Larken.</p>",
        ),
        Example(
            why="an institution in two languages",
            html="<p>She left Marseille University in May and came back to Marseille Université in June.</p>",
        ),
        Example(why="who comes from there", html="<p>Early Kestrale hired Early Kestraler, and Early Kestrale grew.</p>"),
        Example(why="a possessive and a plural", html="<p>Ada Bells sold Ada Bells’s house.</p>"),
    )


def _share_a_sentence(article: Article, rare: _Found, usual: list[_Found]) -> bool:
    """Whether a sentence has the other name too: it tells two people apart, or says that one became the other."""
    block, at, _ = rare
    sentences = article.sentences(block)
    number = bisect_right(sentences, at, key=lambda sentence: sentence.start) - 1
    start, end = (sentences[number].start, sentences[number].end) if number >= 0 else (0, len(block.text))
    return any(where is block and start <= begin < end for where, begin, _ in usual)


def _pairs(names: list[str]) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(names[:50]):
        for other in names[number + 1 : 50]:
            if _one_letter_apart(one, other):
                yield one, other


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter was added, dropped or changed, or two swapped; an ending ("Bells", "Arabian", "Googler") is none."""
    if abs(len(one) - len(other)) > 1 or any({one, other} == {name, name + ending} for name in (one, other) for ending in "snr"):
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest_one, rest_other = one[start:], other[start:]
    if len(one) == len(other):
        is_swapped = rest_one[:2] == rest_other[1::-1] and rest_one[2:] == rest_other[2:]
        return is_swapped or rest_one[1:] == rest_other[1:]
    longer, shorter = (rest_one, rest_other) if len(one) > len(other) else (rest_other, rest_one)
    return longer[1:] == shorter
