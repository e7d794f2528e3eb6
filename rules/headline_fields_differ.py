"""The headline's fields give different numbers.

## Why it matters
The page says 12 dead and the share card says 9: one of the two was corrected and the other forgotten.

## What is checked
Numbers of two digits or more, and counts written as digits, in the headline on the page against those of the page's other
headline fields (og:title, JSON-LD), where both fields name the same things otherwise.

## Known limits
Fields that are worded differently on purpose, for search or for social networks, are left alone: most of their words must
agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule

ALIKE = 0.6  # share of the shorter headline's words that the other has too
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d|\b\d\b")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class HeadlineFieldsDiffer(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding: the first field that differs."""
        headline = article.headline
        if headline is None:
            return
        context.spend(20 * len(headline.text) + 200)
        shown = set(_NUMBER.findall(headline.text))
        for name, field in article.headline_fields.items():
            other = set(_NUMBER.findall(field.text))
            if shown and other and not shown & other and _alike(headline.text, field.text):
                place = Place(headline, 0, len(headline.text))
                evidence = (f"{name}: {field.text}", f"{', '.join(sorted(shown))} and {', '.join(sorted(other))}")
                yield Finding("Another headline field gives another number.", (place,), None, 0.85, evidence)
                return

    examples: ClassVar = (
        Example(
            why="corrected in one place",
            html='<html><head><meta property="og:title" content="Storm kills 9 on the coast of Norland"></head><body><article>'
            "<h1>⟦Storm kills 12 on the coast of Norland⟧</h1><p>Rain fell.</p></article></body></html>",
        ),
        Example(
            why="worded for search",
            html='<html><head><meta property="og:title" content="Norland weather: 3 maps of the flood"></head><body><article>'
            "<h1>Storm kills 12 on the coast</h1><p>Rain fell.</p></article></body></html>",
        ),
    )


def _alike(one: str, other: str) -> bool:
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return bool(words and others) and len(words & others) >= ALIKE * min(len(words), len(others))
