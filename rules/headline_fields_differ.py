"""The headline's fields give different numbers or names.

## Why it matters
The page says 12 dead and the share card says 9: one of the two was corrected and the other forgotten.

## What is checked
Numbers, in digits or in words, in the headline on the page against those of the page's other headline fields (og:title, JSON-LD,
title), where both fields name the same things otherwise: years against years, counts against counts; or one of several, where
all other words are the same; a number with a unit ("48-hour", "two days") only against one with that unit. And (a note) two
headlines that begin with the same word and are the same but for one name.

## Known limits
Fields that are worded differently on purpose, for search or for social networks, are left alone: most of their words must
agree. Scores and times are not compared, nor names where every word has a capital letter, nor numbers in words where one of the
fields has one of several words ("two hundred"), a part ("a third") or a percentage, or counts somebody apart ("and two sons").
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.numerals import SPELLED
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

MIN_WORDS = 5  # shorter headlines are alike by chance
ALIKE = 0.6  # share of the shorter headline's words that the other has too
_IN_WORDS = "|".join(SPELLED)
_UNIT = r"(?:-(?P<unit>(?i:[a-z]+))|\s(?P<time>(?i:minute|hour|day|week|fortnight|month|year|decade))s?\b)?"
_NUMBER = later(r"(?<![\w.,:–-])(?P<number>\d[\d.,]*\d|\d)(?:[KMB]|bn|m|k)?(?![\w:–]|-(?![a-z]))" + _UNIT)
_WORDED = later(rf"\b(?P<number>(?i:{_IN_WORDS}))\b" + _UNIT)
# Where a number takes more than one word, is a part, or leaves somebody out ("a man and two sons"), words are not compared.
_INVOLVED = later(
    rf"(?i)\b(?:{_IN_WORDS})[\s-](?:\d|(?:{_IN_WORDS})\b)|(?:\b(?:and|with|plus)|,) (?:(?:his|her|their) )?(?:{_IN_WORDS})\b|"
    r"\b(?:dozen|hundred|thousand|million|billion|trillion|[mb]n|half|halve|third|quarter|fifth|sixth|eighth|tenth|percent|"
    r"couple|pair|trio|twin|other)s?\b|\b(?:per cent|family)\b|%"
)
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
    units = {unit for _, unit in mine} & {unit for _, unit in theirs}
    plain = _INVOLVED.search(f"{one}\n{other}") is None
    compared, against = (
        {n for n in found if n[1] in units and (found[n] or (plain and n[0] != "1"))}  # "one" may be no number
        for found in (mine, theirs)
    )
    years, others = ({number for number in found if _YEAR.fullmatch(number[0])} for found in (compared, against))
    for here, there in ((compared - years, against - others), (years, others)):
        left, right = here - theirs.keys(), there - mine.keys()
        shared = left != here or right != there
        if left and right and ((not shared and _alike(one, other)) or (len(here) == len(there) and _same_words(one, other))):
            return " and ".join(", ".join(sorted(number for number, _ in found)) for found in (left, right))
    return None


def _numbers(text: str) -> dict[tuple[str, str], bool]:
    """Each number with the unit that a hyphen ties to it, or of time, and whether it is in digits."""
    worded = {(str(SPELLED[match["number"].lower()]), _unit(match)): False for match in _WORDED.finditer(text)}
    return worded | {(match["number"].rstrip("KMBbnmk"), _unit(match)): True for match in _NUMBER.finditer(text)}


def _unit(match: re.Match[str]) -> str:
    return (match["unit"] or match["time"] or "").lower().removesuffix("s")


def _same_words(one: str, other: str) -> bool:
    mine, theirs = (set(_WORD.findall(text.lower())) - SPELLED.keys() for text in (one, other))
    return len(mine) >= MIN_WORDS and mine == theirs


def _other_name(one: str, other: str) -> str | None:
    """The one word in which two headlines differ, where it is written as a name in both and few other words are."""
    mine, theirs = one.split(), other.split()
    different = [(a, b) for a, b in zip(mine, theirs, strict=False) if a != b] if len(mine) == len(theirs) > MIN_WORDS else []
    if len(different) != 1 or mine[0] != theirs[0] or sum(word[0].isupper() for word in mine) > len(mine) // 2:
        return None
    a, b = different[0]
    return f"{a} and {b}" if a.isalpha() and b.isalpha() and a.istitle() and b.istitle() and a[:4] != b[:4] else None


def _alike(one: str, other: str) -> bool:
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return bool(words and others) and len(words & others) >= ALIKE * min(len(words), len(others))
