"""Buttons and labels of a shop stand in a story that is no shopping guide.

## Why it matters
"Buy Now" in the middle of the news looks like the house selling what it reports on.

## What is checked
A whole block that is a shop's button or label ("Buy Now", "View at Best Buy"), alone or with a
price beside it.

## Known limits
Shopping guides and product reviews live on prices: where several paragraphs name one, or the headline promises deals, the
rule is silent.
"""

from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example

PROSE_WORDS = 5  # a shorter block is a price tag
PRICED_PARAGRAPHS = 3  # of prose; news on prices names them in one or two, a guide all along
_PRICE = later(r"[$£€]\s?\d")
_SHOPPING = later(r"\b(?:deals?|on sale|% off|gift guide|gifts for|best .{0,40} to buy|shop|shopping|review|where to buy)\b")


class CommerceBox(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    specificity: ClassVar = 67
    message: ClassVar = "A shopping box stands in the story."
    widget: ClassVar = later(
        r"product|shop|buy|price|deal|affiliate|commerce|merch|amazon|button|btn|callout|cta|offer|"
        r"retailer"
    )
    widget_says: ClassVar = "class names a shop"

    def applies(self, article: Article) -> bool:
        """Not to shopping guides and product reviews: several paragraphs name a price, or the headline promises deals."""
        priced = sum(1 for block in article.prose if block.words >= PROSE_WORDS and _PRICE.search(block.text))
        headline = article.headline.key if article.headline else ""
        return priced < PRICED_PARAGRAPHS and not _SHOPPING.search(headline)

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
            why="a product review",
            html="<p>At $300 it is dear.</p><p>Others cost $200 or less, and one $150.</p><p>The old one was "
            'sold for $120.</p><p class="btn">Buy Now</p>',
        ),
    )
