"""Pictures have no alternative text.

## Why it matters
Whoever does not see the picture gets its file name read out, or nothing.

## What is checked
Pictures of the story without an alt attribute; one finding for all of them.

## Known limits
An empty alt says that a picture is decoration and is right (WCAG 2.2, H67). Tracking pixels and hidden pictures are not
looked at.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule

SHOWN = 3  # addresses in the evidence


class AltMissing(Rule):
    category: ClassVar = "accessibility"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for the article."""
        labels = ("alt", "aria-label", "aria-labelledby")
        found = [image for image in elements(article, context, "img") if not any(name in image.attrib for name in labels)]
        if found:
            message = (
                "A picture has no alternative text." if len(found) == 1 else f"{len(found)} pictures have no alternative text."
            )
            shown = tuple(short(image.get("src") or "no address") for image in found[:SHOWN])
            yield Finding(message, (), None, 0.97, shown, element=found[0], subject="pictures")

    examples: ClassVar = (
        Example(why="no alt", html='<p>⟦<img src="/bridge.jpg">⟧</p>'),
        Example(why="decoration", html='<p><img src="/line.png" alt=""></p>'),
        Example(why="a tracking pixel", html='<p>Rain fell.<img src="/t.gif" width="1" height="1"></p>'),
    )
