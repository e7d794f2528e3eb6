"""Menus, breadcrumbs, tag lists, skip links or a footer stand in the story.

## Why it matters
They lead nowhere from here, and a reader meets "Article content" twenty times.

## What is checked
A whole block that is a menu, a trail, a skip link, a list of tags or a footer's line. A lone "Home" or "Next" needs a second
sign.

## Known limits
A contents list of the article itself is left alone: its entries are the article's own headings.
"""

from typing import ClassVar

from rules.core.blocks import Block
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule, Strength
from rules.core.rule import Example


class NavigationResidue(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 8
    specificity: ClassVar = 66
    message: ClassVar = "The page's navigation stands in the story."
    widget: ClassVar = later(
        r"(?:^|[\s_-])(?:nav\w*|menu|breadcrumbs?|footer|toolbar|skip\w*|pagination|pager|tags?|"
        r"topics?|toc\w*|sr-only|visually-?hidden|screen-reader\w*|legal|site\w*)(?:$|[\s_-])|"
        r"breadcrumb|navigation"
    )
    widget_says: ClassVar = "class names navigation"

    def strength(self, block: Block) -> Strength | None:
        """Nothing for what ends in a full stop: it is a sentence and no label."""
        return None if block.key.endswith(".") else super().strength(block)

    examples: ClassVar = (
        Example(
            why="a skip link",
            html="<p>Rain fell on the town.</p><p>⟦Skip to content⟧</p>",
        ),
        Example(
            why="a hidden heading, repeated",
            html='<h2 class="visually-hidden">⟦Article content⟧</h2><p>Rain fell.</p><h2 class="visually-hidden">'
            "⟦Article content⟧</h2><p>It stopped.</p>",
            count=2,
            fixed="<p>Rain fell.</p><p>It stopped.</p>",
        ),
        Example(
            why="tags",
            html='<p>Rain fell on the town.</p><div class="tags">⟦Tags: rain, rivers, bridges⟧</div>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a subheading",
            html="<h2>News</h2><p>The paper prints less of it, the report found.</p>",
        ),
        Example(
            why="arrows to other pages",
            html='<p>Rain fell on the town.</p><div class="post-nav">⟦« Older posts Newer posts »⟧</div>',
            fixed="<p>Rain fell on the town.</p>",
        ),
    )
