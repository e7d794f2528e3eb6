"""The headline's fields give different numbers or names.

## Why it matters
The page says 12 dead and the share card says 9: one of the two was corrected and the other forgotten.

## What is checked
Numbers, in digits or in words, in the headline on the page against those of the page's other headline fields (og:title, JSON-LD,
title), where both fields name the same things otherwise: years against years, counts against counts; or one of several, where
all other words are the same. And (a note) two headlines that are the same but for one name.

## Known limits
Fields that are worded differently on purpose, for search or for social networks, are left alone: most of their words must
agree. Scores and times are not compared, nor names where every word has a capital letter.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.lexicon import words

MIN_WORDS = 5  # shorter headlines are alike by chance
ALIKE = 0.6  # share of the shorter headline's words that the other has too
_NUMBER = later(r"(?<![\w.,:–-])(?:\d[\d.,]*\d|\d)(?:[KMB]|bn|m|k)?(?![\w:–]|-(?![a-z]))")
_ONES = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPELLED = {word: str(number) for number, word in enumerate(_ONES.split(), 2)}
_SPELLED |= {word: str(10 * number) for number, word in enumerate(_TENS.split(), 2)}
_TITLES = words("sources", "title")
_YEAR = later(r"(?:19|20)\d\d")
_WORD = later(r"[^\W\d_]{3,}")


class HeadlineFieldsDiffer(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 4

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding: the first field that differs."""
        headline = article.headline
        if headline is None:
            return
        context.spend(20 * len(headline.text) + 200)
        place = Place(headline, 0, len(headline.text))
        for name, field in article.headline_fields.items():
            if numbers := _other_numbers(headline.text, field.text):
                yield Finding(
                    "Another headline field gives another number.", (place,), None, 0.85, (f"{name}: {field.text}", numbers)
                )
                return
            if names := _other_name(headline.text, field.text):
                evidence = (f"{name}: {field.text}", names)
                yield Finding("Another headline field gives another name.", (place,), Severity.NOTE, 0.8, evidence)
                return

    examples: ClassVar = (
        Example(
            why="corrected in one place",
            html='<html><head><meta property="og:title" content="Storm kills 9 on the coast of Norland"></head><body><article>'
            "<h1>⟦Storm kills 12 on the coast of Norland⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="another name",
            html='<html><head><meta property="og:title" content="Council of Norland elects Ada Bell as mayor"></head><body>'
            "<article><h1>⟦Council of Norland elects Eve Bell as mayor⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="another name at the start",
            html='<html><head><meta property="og:title" content="Catherine Muir stops the harbour crane of Norland"></head><body>'
            "<article><h1>⟦Catriona Muir stops the harbour crane of Norland⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="one of two, and in words",
            html='<html><head><meta property="og:title" content="Storm kills nine in 3 towns on the coast"></head><body><article>'
            "<h1>⟦Storm kills twelve in 3 towns on the coast⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="another year beside the same count",
            html='<html><head><meta property="og:title" content="Top 10 walks on the coast of Norland in 2024"></head>'
            "<body><article><h1>⟦Top 10 walks on the coast of Norland in 2025⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="in words here, and a title for a name",
            html='<html><head><meta property="og:title" content="President Bell ends 3 strikes on the coast of Norland"></head>'
            "<body><article><h1>Ada Bell ends three strikes on the coast of Norland</h1><p>Rain.</p></article></body></html>",
        ),
        Example(
            why="a number with its unit",
            html='<html><head><meta property="og:title" content="Crane of Norland drops its 60-tonne load on quay"></head><body>'
            "<article><h1>⟦Crane of Norland drops its 40-tonne load on quay⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="a year here, a score there",
            html='<html><head><meta property="og:title" content="Norland wins 16-0 on a perfect day of the Open"></head><body>'
            "<article><h1>Norland wins on a perfect day of the Open 2026</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="millions in a letter",
            html='<html><head><meta property="og:title" content="Bridge of Norland is to cost $4.6M now"></head><body><article>'
            "<h1>Bridge of Norland is to cost $4.6 million now</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="worded for search",
            html='<html><head><meta property="og:title" content="Norland weather: 3 maps of the flood"></head><body><article>'
            "<h1>Storm kills 12 on the coast</h1><p>Rain fell.</p></article></body></html>",
        ),
    )


def _other_numbers(one: str, other: str) -> str | None:
    """The counts, else the years, of two headlines that have none in common and are alike otherwise, or one and are the same."""
    mine, theirs = _numbers(one), _numbers(other)
    years, others = {n for n in mine if _YEAR.fullmatch(n)}, {n for n in theirs if _YEAR.fullmatch(n)}
    for here, there in ((mine - years, theirs - others), (years, others)):
        shared = here & there
        if here and there and ((not shared and _alike(one, other)) or (len(here) == len(there) and _same_words(one, other))):
            left, right = here - shared, there - shared
            if left and right:
                return f"{', '.join(sorted(left))} and {', '.join(sorted(right))}"
    return None


def _numbers(text: str) -> set[str]:
    spelled = {_SPELLED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SPELLED}
    return {number.rstrip("KMBbnmk") for number in _NUMBER.findall(text)} | spelled


def _same_words(one: str, other: str) -> bool:
    mine, theirs = (set(_WORD.findall(text.lower())) - set(_SPELLED) for text in (one, other))
    return len(mine) >= MIN_WORDS and mine == theirs


def _other_name(one: str, other: str) -> str | None:
    """The one word in which two headlines differ, where it is written as a name in both and few other words are."""
    mine, theirs = one.split(), other.split()
    different = [(a, b) for a, b in zip(mine, theirs, strict=False) if a != b] if len(mine) == len(theirs) > MIN_WORDS else []
    if len(different) != 1 or not _begins_alike(mine, theirs) or sum(word[0].isupper() for word in mine) > len(mine) // 2:
        return None
    a, b = different[0]
    return f"{a} and {b}" if a.isalpha() and b.isalpha() and a.istitle() and b.istitle() and a[:4] != b[:4] else None


def _begins_alike(mine: list[str], theirs: list[str]) -> bool:
    """Whether both begin with the same word, or each with a first name: a surname follows, and neither is a title."""
    named = mine[1].istitle() and mine[1] == theirs[1] and _TITLES.isdisjoint((mine[0].lower(), theirs[0].lower()))
    return mine[0] == theirs[0] or named


def _alike(one: str, other: str) -> bool:
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return bool(words and others) and len(words & others) >= ALIKE * min(len(words), len(others))
