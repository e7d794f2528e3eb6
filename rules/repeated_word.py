"""A word stands twice in a row.

## Why it matters
"the the" is the slip that spelling checkers and tired eyes miss, above all where a link or italics begin between the two.

## What is checked
An English function word twice in a row, across inline elements too.

## Known limits
Doublings that are right ("had had", "that that", "her her") and names ("New York, New York") are left alone; so are other
languages, where doublings are often right.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.code import CODE
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

_WORDS = (
    "the a an of and for with at by from as or but this their its our your my which has have will would "
    "can could should than into are were be been "
    "if when because while we they he she you"
).split()
_PAIRS = "|".join(rf"{word}[ \n]{word}" for word in _WORDS)
_TWICE = sift(rf"(?i)(?:^|[\s(“\"])({_PAIRS})(?:[\s.,;:?!)”\"]|$)")


class RepeatedWord(Rule):
    category: ClassVar = "duplication"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each doubling; the fix writes the word once."""
        context.spend(3 * len(article.text))
        for block in article.blocks:
            for match in _TWICE.finditer(block):
                if block.tags & CODE:
                    break
                word = match[1].split()[0]
                if match[1].split()[1][0].isupper():
                    continue
                place = Place(block, match.start(1), match.end(1))
                message = f"“{word}” stands twice in a row."
                yield Finding(message, (place,), None, 0.93, (), fix="replace-unsafe", replacement=word)

    examples: ClassVar = (
        Example(why="a slip", html="<p>Rain fell on ⟦the the⟧ town.</p>"),
        Example(why="across a link", html='<p>Rain fell in ⟦the <a href="/t">the⟧ town</a>.</p>'),
        Example(
            why="right doublings",
            html="<p>He had had enough, and said that that was that; they gave her her hat. New York, New York.</p>",
        ),
        Example(why="a name", html="<p>The The played in Bora Bora.</p>"),
    )
