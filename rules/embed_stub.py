"""What is left of an embed stands in the story.

## Why it matters
The post, the video or the map that the sentence before announces is not there: only its caption or its address is.

## What is checked
A whole block that is an embed code's own text ("View this post on Instagram", "A post shared by …", the bare address of a
post).

## Known limits
An embed that works is no block of text. Addresses inside sentences and in lists of sources are left alone.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class EmbedStub(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 6
    specificity: ClassVar = 78
    message: ClassVar = "What is left of an embed stands in the story."
    widget: ClassVar = later(r"embed|instagram|twitter|tiktok|youtube|facebook|oembed|placeholder|tweet|iframe")
    widget_says: ClassVar = "class names an embed"

    examples: ClassVar = (
        Example(
            why="an embed's fallback",
            html='<p>Rain fell on the town.</p><p class="instagram-media">⟦View this post on Instagram⟧</p>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a bare address",
            html="<p>Rain fell on the town.</p><p>⟦https://twitter.com/townhall/status/12345⟧</p>",
        ),
        Example(
            why="a working embed",
            html='<p>Rain fell on the town.</p><iframe src="https://www.youtube.com/embed/x" title="The flood"></iframe>',
        ),
        Example(
            why="a sentence",
            html="<p>View the post on Instagram to see the bridge, the mayor wrote.</p>",
        ),
    )
