"""The article could not be read to its end.

## Why it matters
A report for text that was never read is the worst fault a checker can have. Parsers drop text without a word below some 255
nested elements and in text nodes over 10 MB; Copydesk measures first and says so.

## What is checked
More than 250 elements inside one another, more than 10,000,000 characters without a tag, more than 1,000 attributes on one tag,
or any other limit of its own that the parser met.

## Known limits
What stands behind the limit is not linted. Mend the page (such HTML breaks browsers and readers too) and submit it again.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule


class NotReadWhole(Rule):
    category: ClassVar = "integrity"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.1.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a limit, without a place."""
        context.spend(1)
        for limit in article.limits:
            yield Finding(
                f"The article was not read whole: {limit.where}.", (), None, 1.0, (f"limit of {limit.name}",), kind=limit.name
            )

    examples: ClassVar = (
        Example(
            why="too many elements inside one another",
            html=f"{'<div>' * 300}Rain fell.{'</div>' * 300}<p>It stopped.</p>",
            whole_input=True,
        ),
        Example(why="more attributes than any page needs", html=f"<p {'a=1 ' * 1500}>Rain fell.</p>", whole_input=True),
        Example(why="an ordinary depth", html=f"{'<div>' * 40}Rain fell.{'</div>' * 40}"),
        Example(why="unclosed paragraphs are no depth", html="<p>Rain fell." * 400),
    )
