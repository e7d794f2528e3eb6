"""A paragraph stands in the story twice.

## Why it matters
A reader who meets the same paragraph again thinks that the page has jumped, and leaves.

## What is checked
A paragraph of at least fifteen words, with its full stop, that stands in the story again, word for word; without its full stop
too, where the page does not set it apart (an aside, a figure, a callout).

## Known limits
Pull quotes, quotations, captions, verse, a first paragraph that repeats the standfirst, live blogs and tables repeat by right.
What stands under two headings ("Closed on Monday", of two pools) is a note.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import PROSE_KINDS, Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.residue import whole
from rules.core.rule import Context, Example, NotRunError, Rule

_ENDS = (".", "!", "?", '"')
_APART = later("aside|breakout|callout|highlight|key|pull|summary|tease")  # names of what shows the story's words again
MIN_WORDS = 15  # shorter ones repeat by chance
OPENING = 3  # blocks in which a standfirst stands
VERSE = 12  # words of a line of verse, at most
BETWEEN = 1  # paragraphs, from which on the first of two is no standfirst that the story begins with: that is another rule's


class DuplicateParagraph(Rule):
    category: ClassVar = "duplication"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 2
    specificity: ClassVar = 40

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The second and later ones; the engine counts them."""
        if article.kind == "live-blog":
            raise NotRunError("a live blog repeats its posts")
        context.spend(len(article.text))
        first: dict[str, tuple[int, int, int]] = {}
        long = heading = 0  # paragraphs so far, and the last heading above
        for block in article.blocks:
            if block.kind == "heading":
                heading = block.index
            if block.kind not in PROSE_KINDS or not _counts(block):
                continue
            key = block.key.rstrip(".")
            index, number, under = first.get(key, (None, 0, 0))
            is_whole = block.key.endswith(_ENDS)
            if index is not None and (index >= OPENING or long - number - 1 >= BETWEEN) and (is_whole or not _is_apart(block)):
                severity = Severity.NOTE if under and under != heading else None
                yield Finding("This paragraph stands in the story before.", (whole(block),), severity, 0.95, ("word for word",))
            if index is None and is_whole:
                first[key] = block.index, long, heading
            long += 1

    examples: ClassVar = (
        Example(
            why="pasted twice",
            html="<h1>Flood</h1><p>Rain fell.</p><p>It was dark.</p><p>The river rose by two metres on Tuesday and "
            "took the old bridge with it in the night.</p>"
            "<p>It stopped.</p><p>⟦The river rose by two metres on Tuesday and took the old bridge with it in the night.⟧</p>",
        ),
        Example(
            why="the first one, pasted again lower down and without its full stop",
            html="<h1>Flood</h1><p>The river rose by two metres on Tuesday and took the old bridge with it in the night.</p>"
            "<p>It had rained for three days, and the council had closed the road to the coast before.</p>"
            "<p>Nobody was hurt, said the council, which had sent three buses to take people to the next town.</p>"
            "<p>⟦The river rose by two metres on Tuesday and took the old bridge with it in the night⟧</p>",
        ),
        Example(
            why="a standfirst that the story begins with",
            html="<h1>Flood</h1><p>The river rose by two metres on Tuesday and took the old bridge with it in the night.</p>"
            "<p>By Ada Bell</p><p>The river rose by two metres on Tuesday and took the old bridge with it in the night.</p>",
        ),
        Example(
            why="a refrain",
            html="<h1>Song</h1><p>Rain fell.</p><p>It was dark.</p><p>And it’s over the hill with a lantern, love,<br>And it’s "
            "over the hill with me.</p><p>Then the fiddle comes in.</p><p>And it’s over the hill with a lantern, love,<br>And "
            "it’s over the hill with me.</p>",
        ),
        Example(
            why="a pull quote",
            html="<h1>Flood</h1><p>Rain fell.</p><p>It was dark.</p><p>The river rose by two metres on Tuesday and "
            "took the old bridge with it in the night.</p>"
            '<p class="pullquote">The river rose by two metres on Tuesday and took the old bridge with it in the night.</p>',
        ),
        Example(
            why="words of the story that the page shows again, without their full stop",
            html="<h1>Flood</h1><p>Rain fell.</p><p>It was dark.</p><p>The river rose by two metres on Tuesday and "
            "took the old bridge with it in the night.</p><p>It stopped.</p>"
            "<aside><p>The river rose by two metres on Tuesday and took the old bridge with it in the night</p></aside>"
            '<p>It rose.</p><p class="article__pull">The river rose by two metres on Tuesday and took the old bridge with it in '
            "the night</p>",
        ),
    )


def _counts(block: Block) -> bool:
    is_long = block.words >= MIN_WORDS and block.kind not in ("quote", "list-item")
    return is_long and "quote" not in block.names and not _is_verse(block)


def _is_apart(block: Block) -> bool:
    """Whether the page sets it apart from the story, as it does with what it shows of it again."""
    return block.kind != "paragraph" or bool(block.tags & {"aside", "figure"}) or _APART.search(block.names) is not None


def _is_verse(block: Block) -> bool:
    """Whether it is set in short lines, as a song's refrain is."""
    lines = block.text.split("\n")
    return len(lines) > 1 and all(len(line.split()) <= VERSE for line in lines)
