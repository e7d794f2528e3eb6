"""Buttons and labels of a shop stand in a story that is no shopping guide.

## Why it matters
"Buy Now" in the middle of the news looks like the house selling what it reports on.

## What is checked
A whole block that is a shop's button or label ("Buy Now", "View at Best Buy"), alone or with a
price beside it.

## Known limits
Shopping guides and product reviews live on prices and buttons: where several paragraphs name a price, several headings with a
paragraph under them each have a price or a button, or the headline promises deals, the rule is silent.
"""

from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example
from rules.core.shopping import is_guide

_STATE = later(r"(?:in stock|out of stock|sold out)\b")


class CommerceBox(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 6
    specificity: ClassVar = 67
    message: ClassVar = "A shopping box stands in the story."
    widget: ClassVar = later(
        r"product|shop|buy|price|deal|affiliate|commerce|merch|amazon|button|btn|callout|cta|offer|"
        r"retailer"
    )
    widget_says: ClassVar = "class names a shop"

    def applies(self, article: Article) -> bool:
        """Not to shopping guides and product reviews."""
        return not is_guide(article)

    def may_be_copy(self, block: Block) -> bool:
        """Whether the words are a listing's too: a concert is sold out."""
        return _STATE.match(block.key) is not None

    examples: ClassVar = (
        Example(
            why="a button",
            html='<p>Rain fell on the town.</p><div class="product-callout"><a href="/b">⟦Buy Now⟧</a></div><p>It stopped.</p>',
            fixed="<p>Rain fell on the town.</p><p>It stopped.</p>",
        ),
        Example(
            why="a shopping guide",
            html="<h1>The best kettle deals this week</h1><p>This kettle is down to $49.99 at its lowest.</p><a "
            'href="/b" class="btn">Buy Now</a>',
        ),
        Example(
            why="a guide with a button under each product",
            html="".join(
                f"<h2>The {name}</h2><p>It boils fast, pours well and looks good beside the stove, our three testers found.</p>"
                '<p class="btn">Buy now</p>'
                for name in ("Alder", "Birch", "Cedar")
            ),
        ),
        Example(
            why="a product review",
            html="<p>At $300 it is dear.</p><p>Others cost $200 or less, and one $150.</p><p>The old one was "
            'sold for $120.</p><p class="btn">Buy Now</p>',
        ),
    )
