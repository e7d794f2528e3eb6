"""The first paragraph repeats the standfirst.

## Why it matters
The reader has just read it, in larger type.

## What is checked
A paragraph among the first blocks that stands again, word for word, right after them.

## Known limits
Pages that set the standfirst from the first paragraph on purpose hide one of the two; what is hidden is left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.residue import whole
from rules.core.rule import Context, Example, Rule

TOP = 5  # blocks in which a standfirst and its repetition stand
MIN_WORDS = 12


class StandfirstRepeats(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"
    specificity: ClassVar = 41

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding: the second of the two."""
        context.spend(200)
        seen: set[str] = set()
        for block in [block for block in article.blocks if block.text][:TOP]:
            if block.words < MIN_WORDS or block.hidden or block.kind in ("headline", "caption", "list-item"):
                continue
            if block.key in seen:
                yield Finding("The paragraph repeats the standfirst.", (whole(block),), None, 0.93, ("word for word",))
                return
            seen.add(block.key)

    examples: ClassVar = (
        Example(
            why="word for word",
            html="<h1>Flood</h1><p>The river rose by two metres and took the old bridge with it.</p><p>By Ada Bell</p>"
            "<p>⟦The river rose by two metres and took the old bridge with it.⟧</p><p>Rain fell.</p>",
        ),
        Example(
            why="other words",
            html="<h1>Flood</h1><p>The river rose by two metres and took the old bridge with it.</p><p>By Ada Bell</p>"
            "<p>The river rose by two metres on Tuesday, and the old bridge fell.</p>",
        ),
    )
