"""Nearly the same story is published under another address.

## Why it matters
Two copies of one story compete for the same readers, and a correction reaches only one of them.

## What is checked
The store's other articles that share at least three quarters of their word sequences with this one, by the estimate of a
sketch.

## Known limits
Only the service knows other articles: on the command line the rule has nothing to compare with and is silent. Briefs of fewer
than eighty words are not compared.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule
from rules.core.similarity import ALIKE


class NearDuplicateArticle(Rule):
    category: ClassVar = "duplication"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for each of the nearest three."""
        context.spend(len(context.neighbours))
        alike = [other for other in context.neighbours if other.share >= ALIKE and other.url != (article.metadata.url or "")]
        for other in sorted(alike, key=lambda item: (-item.share, item.url))[:3]:
            evidence = (f"about {other.share:.0%} of its word sequences", other.url, other.headline)
            message = "Nearly the same story is published under another address."
            yield Finding(message, (), None, min(0.95, other.share), evidence, subject=other.url)

    examples: ClassVar = (
        Example(why="filed twice", html="<p>Rain fell.</p>", neighbours={"https://a.example/rain-2": 0.9}, whole_input=True),
        Example(why="the same agency paragraphs", html="<p>Rain fell.</p>", neighbours={"https://a.example/storm": 0.4}),
    )
