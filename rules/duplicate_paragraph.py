"""A paragraph stands in the story twice.

## Why it matters
A reader who meets the same paragraph again thinks that the page has jumped, and leaves.

## What is checked
A paragraph of at least fifteen words, with its full stop, that stands in the story again, word for word.

## Known limits
Pull quotes, quotations, captions, a first paragraph that repeats the standfirst, live blogs and tables repeat by right.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.residue import whole
from rules.core.rule import Context, Example, NotRunError, Rule

MIN_WORDS = 15  # shorter ones repeat by chance
OPENING = 3  # blocks in which a standfirst stands


class DuplicateParagraph(Rule):
    category: ClassVar = "duplication"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    specificity: ClassVar = 40

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The second and later ones; the engine counts them."""
        if article.kind == "live-blog":
            raise NotRunError("a live blog repeats its posts")
        context.spend(len(article.text))
        first: dict[str, int] = {}
        for block in article.prose:
            if not _counts(block):
                continue
            if block.key in first and first[block.key] >= OPENING:
                yield Finding("This paragraph stands in the story before.", (whole(block),), None, 0.95, ("word for word",))
            first.setdefault(block.key, block.index)

    examples: ClassVar = (
        Example(
            why="pasted twice",
            html="<h1>Flood</h1><p>Rain fell.</p><p>It was dark.</p><p>The river rose by two metres on Tuesday and "
            "took the old bridge with it in the night.</p>"
            "<p>It stopped.</p><p>⟦The river rose by two metres on Tuesday and took the old bridge with it in the night.⟧</p>",
        ),
        Example(
            why="a pull quote",
            html="<h1>Flood</h1><p>Rain fell.</p><p>It was dark.</p><p>The river rose by two metres on Tuesday and "
            "took the old bridge with it in the night.</p>"
            '<p class="pullquote">The river rose by two metres on Tuesday and took the old bridge with it in the night.</p>',
        ),
    )


def _counts(block: Block) -> bool:
    return (
        block.words >= MIN_WORDS
        and block.key.endswith((".", "!", "?", '"'))
        and block.kind not in ("quote", "list-item")
        and "quote" not in block.names
    )
