"""The first paragraph repeats the standfirst.

## Why it matters
The reader has just read it, in larger type.

## What is checked
A paragraph or heading of twelve words or more among the first blocks that stands again, word for word, with no other paragraph
between the two. A dateline before it ("NORLAND (AP) —") and the last full stop may differ.

## Known limits
With a paragraph between them it is one that stands twice, which duplicate-paragraph says.
Pages that set the standfirst from the first paragraph on purpose hide one of the two; what is hidden is left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.residue import whole
from rules.core.rule import Context, Example, Rule

TOP = 5  # blocks in which a standfirst and its repetition stand
MIN_WORDS = 12
_DATELINE = later(r"^[^\W\d_][\w .,'’/-]{1,40}(?:\([\w. ]{2,20}\) ?)?[—–-]{1,2} ")


class StandfirstRepeats(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"
    version: ClassVar = 2
    specificity: ClassVar = 41

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding: the second of the two."""
        context.spend(200)
        before = ""
        for block in [block for block in article.blocks if block.text][:TOP]:
            if block.words < MIN_WORDS or block.hidden or block.kind in ("headline", "caption", "list-item"):
                continue
            said = _DATELINE.sub("", block.key).rstrip(".")
            if said == before:
                yield Finding("The paragraph repeats the standfirst.", (whole(block),), None, 0.93, ("word for word",))
                return
            before = said

    examples: ClassVar = (
        Example(
            why="word for word",
            html="<h1>Flood</h1><p>The river rose by two metres and took the old bridge with it.</p><p>By Ada Bell</p>"
            "<p>⟦The river rose by two metres and took the old bridge with it.⟧</p><p>Rain fell.</p>",
        ),
        Example(
            why="a dateline before one, no full stop behind the other",
            html="<h1>Flood</h1><h2>The river rose by two metres and took the old bridge with it</h2><p>By Ada Bell</p>"
            "<p>⟦NORLAND (AP) — The river rose by two metres and took the old bridge with it.⟧</p><p>Rain fell.</p>",
        ),
        Example(
            why="another paragraph between them",
            html="<h1>Flood</h1><p>The river rose by two metres and took the old bridge with it.</p><p>It had rained for three "
            "days, and the council had closed the road to the coast.</p><p>The river rose by two metres and took the old bridge "
            "with it.</p>",
        ),
        Example(
            why="other words",
            html="<h1>Flood</h1><p>The river rose by two metres and took the old bridge with it.</p><p>By Ada Bell</p>"
            "<p>The river rose by two metres on Tuesday, and the old bridge fell.</p>",
        ),
    )
