"""Labels of sharing, printing, saving or following stand in the story.

## Why it matters
"Facebook Twitter Email" says nothing to anybody, and an archive keeps it for ever.

## What is checked
A whole block that is a share bar's label ("Share this article on Reddit", "Copy link", "Facebook Twitter Email"). A lone
"Facebook" or "Share" needs a second sign: a class that names sharing, a control element, repetition, or other labels of the
bar around it.

## Known limits
Sentences that share something, and lists of companies in the story, are left alone. Somebody else to follow ("Follow the fire
service on X") is a note without a second sign.
"""

from typing import ClassVar

from rules.core.blocks import Block
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example

_OTHERS = later(r"follow (?:the|a|his|her|their)\b")


class ShareBar(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 8
    specificity: ClassVar = 72
    message: ClassVar = "A share bar stands in the story."
    widget: ClassVar = later(r"shar|social|follow|tools?|print|sd-|icon|bookmark|copy|addt|utility|reaction|button|btn")
    widget_says: ClassVar = "class names sharing"

    def may_be_copy(self, block: Block) -> bool:
        """Whether others are to be followed: "Follow the fire service on X"."""
        return _OTHERS.match(block.key) is not None

    examples: ClassVar = (
        Example(
            why="a bar in one block",
            html='<p>Rain fell on the town.</p><div class="share-tools">⟦Facebook Twitter Email⟧</div>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="labels in a list",
            html='<p>Rain fell on the town.</p><ul class="sd-social"><li><a href="/?share=f">⟦Facebook</a></li>'
            '<li><a href="/?share=w">WhatsApp</a></li><li><a href="/?share=e">Email⟧</a></li></ul>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a sentence",
            html="<p>They share a love of old ferries.</p>",
        ),
        Example(
            why="somebody else to follow, which is a note",
            html="<p>Rain fell on the town.</p><p>⟦Follow the fire service on X⟧</p>",
        ),
        Example(
            why="a list of companies",
            html="<p>The companies that were fined:</p><ul><li>Facebook</li><li>Twitter</li></ul>",
        ),
        Example(
            why="buttons glued together by a scraper",
            html='<p>Rain fell on the town.</p><div class="tools"><a href="#a">⟦Facebook</a><a href="#b">Twitter</a>'
            '<a href="#c">Print⟧</a></div>',
            fixed="<p>Rain fell on the town.</p>",
        ),
    )
