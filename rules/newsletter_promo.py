"""A pitch for a newsletter, an app, a podcast, a subscription or a donation stands in the story.

## Why it matters
It speaks for the house in the voice of the story, and it is out of date long before the story is.

## What is checked
A short block whose every sentence is a pitch or goes with one ("Sign up for our newsletter and get the day's news in your
inbox").

## Known limits
Where the newsletter or the donation is the story's own subject, its sentences have a subject and a past and are left alone.
"""

from typing import ClassVar

from rules.core.blocks import Block
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule, Strength
from rules.core.rule import Example


class NewsletterPromo(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 2
    specificity: ClassVar = 68
    message: ClassVar = "A pitch for a newsletter, an app, a subscription or a donation stands in the story."
    widget: ClassVar = later(
        r"newsletter|sign-?up|subscri|promo|cta|donat|e-?mail|capture|app-|podcast|follow|support|"
        r"campaign|banner|tout|membership|inline-?form|appeal"
    )
    widget_says: ClassVar = "class names a pitch"
    max_words: ClassVar = 60  # a pitch of three sentences

    def strength(self, block: Block) -> Strength | None:
        """Nothing for what ends in a colon: it announces the player or the link that comes next."""
        return None if block.key.endswith(":") else super().strength(block)

    examples: ClassVar = (
        Example(
            why="a pitch in a box",
            html='<p>Rain fell on the town.</p><div class="newsletter-signup"><p>⟦Sign up for our morning '
            "newsletter. It is free.⟧</p></div>",
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a pitch as a paragraph",
            html="<p>Rain fell on the town.</p><p>⟦Get the day’s headlines delivered to your inbox every morning.⟧</p>",
        ),
        Example(
            why="an appeal",
            html="<p>Rain fell on the town.</p><p>⟦Our journalism depends on readers like you.⟧</p>",
        ),
        Example(
            why="the story's own subject",
            html="<p>The mayor’s newsletter reached 4,000 inboxes before the vote, and it asked readers to "
            "donate to her campaign.</p>",
        ),
    )
