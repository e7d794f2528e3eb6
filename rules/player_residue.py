"""Controls or fallbacks of a player or a gallery stand in the story.

## Why it matters
"To view this video please enable JavaScript" and "Open image in gallery" are for a page that plays and opens. In the text
they are noise, and a screen reader reads each of them aloud.

## What is checked
A whole block that is a control, a state or the fallback text of a video, an audio player, a gallery or a picture. A bare
"Play" or "1:32" needs a second sign: a class, a control element, hiding, repetition.

## Known limits
Prose about videos is left alone: the whole block must be the interface's.
"""

from typing import ClassVar

from rules.core.blocks import Block
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule, Strength
from rules.core.rule import Example

_LABELLED = later(r"(?:media|image|video) caption,? \S+ \S")


class PlayerResidue(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 9
    specificity: ClassVar = 74
    message: ClassVar = "A player's or gallery's controls stand in the story."
    widget: ClassVar = later(
        r"video|player|audio|gallery|carousel|slide|lightbox|caption|image|media|vjs|jw|podcast|"
        r"enlarge|photo|toggle|credit"
    )
    widget_says: ClassVar = "class names a player, a gallery or a picture"

    examples: ClassVar = (
        Example(
            why="a fallback text",
            html='<p>Rain fell on the town.</p><div class="vjs-no-js">⟦To view this video please enable '
            "JavaScript, and consider upgrading to a web browser that supports HTML5 video⟧</div>",
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a control without structure is a warning",
            html="<p>Rain fell on the town.</p><p>⟦Open image in gallery⟧</p><p>It stopped.</p>",
        ),
        Example(
            why="a caption with the words for screen readers before it, where captions stand",
            html="<p>Rain fell on the town.</p><figure><figcaption>Image caption The bridge on Tuesday</figcaption></figure>",
        ),
        Example(
            why="prose about video",
            html="<p>The video is no longer available because the court ordered the station to remove it.</p>",
        ),
        Example(
            why="a lone time without a player",
            html="<p>The goals fell late.</p><p>89:12</p><p>The crowd sang.</p>",
        ),
    )

    def strength(self, block: Block) -> Strength | None:
        """The wording's, but for a caption whose words for screen readers ("Image caption …") come first: it is the caption."""
        return None if block.kind == "caption" and _LABELLED.match(block.key) else super().strength(block)
