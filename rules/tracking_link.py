"""Links carry tracking parameters.

## Why it matters
"?utm_source=…" and "?fbclid=…" count the reader as somebody else's visitor, and make one page look like many.

## What is checked
The parameters of campaign and click trackers in the addresses of the story's links; one finding for all of them.

## Known limits
Parameters that choose the page's content are not touched.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_TRACKER = later(
    r"[?&#;](utm_(?:source|medium|campaign|term|content)|fbclid|gclid|dclid|msclkid|mc_eid|mc_cid|igshid|yclid|_hsenc|mkt_tok|ocid|cmpid)="
)
SHOWN = 3  # addresses in the evidence


class TrackingLink(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for the article."""
        found = [link for link in elements(article, context, "a") if _TRACKER.search(link.get("href", ""))]
        if found:
            names = dict.fromkeys(match[1] for link in found if (match := _TRACKER.search(link.get("href", ""))))
            addresses = tuple(short(link.get("href", "")) for link in found[:SHOWN])
            message = (
                "A link carries a tracking parameter." if len(found) == 1 else f"{len(found)} links carry tracking parameters."
            )
            yield Finding(message, (), None, 0.97, (", ".join(names), *addresses), element=found[0], subject="links")

    examples: ClassVar = (
        Example(why="a campaign", html='<p>See ⟦<a href="https://example.org/r?utm_source=mail">⟧the report</a>.</p>'),
        Example(
            why="a parameter of the page",
            html='<p>See <a href="https://example.org/r?source=council&amp;page=2">the report</a>.</p>',
        ),
    )
