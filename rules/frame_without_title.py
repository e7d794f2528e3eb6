"""An embedded frame has no title.

## Why it matters
A screen reader announces "frame" and nothing else; a listener does not know whether it is a map, a film or an advertisement.

## What is checked
Frames of the story without a title or label; one finding for all of them.

## Known limits
Frames without size, and hidden ones, are not looked at (WCAG 2.2, H64).
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule


class FrameWithoutTitle(Rule):
    category: ClassVar = "accessibility"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for the article."""
        found = [frame for frame in elements(article, context, "iframe") if not _has_title(dict(frame.attrib))]
        if found:
            message = "An embedded frame has no title." if len(found) == 1 else f"{len(found)} embedded frames have no title."
            shown = tuple(short(frame.get("src") or "no address") for frame in found[:3])
            yield Finding(message, (), None, 0.95, shown, element=found[0], subject="frames")

    examples: ClassVar = (
        Example(why="no title", html='<p>Rain fell.</p>⟦<iframe src="https://maps.example/x">⟧</iframe>'),
        Example(why="a title", html='<p>Rain fell.</p><iframe src="https://maps.example/x" title="Map of the flood"></iframe>'),
        Example(why="without size", html='<p>Rain fell.</p><iframe src="https://t.example/x" width="0" height="0"></iframe>'),
    )


def _has_title(attributes: dict[str, str]) -> bool:
    return any(attributes.get(name, "").strip() for name in ("title", "aria-label", "aria-labelledby"))
