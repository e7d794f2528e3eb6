"""A heading skips a level.

## Why it matters
People who jump from heading to heading take a gap for a part that they missed.

## What is checked
A heading of the story that is two or more levels below the one before it.

## Known limits
A story that begins with a low level is left alone: the page's template decides where it begins. Headings in boxes are not
looked at.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_LEVEL = later(r"h[1-6]")
_BOXES = frozenset({"aside", "nav", "footer", "form", "figure", "table", "blockquote"})


class HeadingSkipped(Rule):
    category: ClassVar = "accessibility"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first gap: those after it often come from the same template."""
        context.spend(10 * len(article.blocks))
        headings = [
            (block, heading)
            for block in article.blocks
            if block.kind == "heading" and not block.tags & _BOXES and (heading := _heading(block)) is not None
        ]
        for (_, before), (block, heading) in pairwise(headings):
            if _level(heading) > _level(before) + 1:
                evidence = (f"h{_level(heading)} after h{_level(before)}: “{block.text}”",)
                yield Finding("A heading skips a level.", (), None, 0.9, evidence, element=heading, subject=block.key)
                return

    examples: ClassVar = (
        Example(why="from 2 to 4", html="<h2>Rain</h2><p>It fell.</p>⟦<h4>⟧Floods</h4><p>They came.</p>"),
        Example(
            why="one step, and back",
            html="<h2>Rain</h2><p>It fell.</p><h3>Floods</h3><p>They came.</p><h2>Sun</h2><p>It shone.</p>",
        ),
        Example(why="begins low", html="<h4>Rain</h4><p>It fell.</p><h4>Floods</h4><p>They came.</p>"),
    )


def _heading(block: Block) -> HtmlElement | None:
    """Its element; None where the whole story stands in one."""
    return next((node for node in block.ancestors if _LEVEL.fullmatch(str(node.tag))), None)


def _level(heading: HtmlElement) -> int:
    return int(str(heading.tag)[1])
