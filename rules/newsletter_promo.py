"""A pitch for a newsletter, an app, a podcast, a subscription or a donation stands in the story.

## Why it matters
It speaks for the house in the voice of the story, and it is out of date long before the story is.

## What is checked
A short block whose every sentence is a pitch, goes with one ("Sign up for our newsletter and get the day's news in your inbox")
or speaks to the reader beside one. With nothing of the house in it ("Sign up for flood alerts") it is a note, and nothing where
it is worded as stories are told ("Sign up for flood alerts at the library").

## Known limits
Where the newsletter or the donation is the story's own subject, its sentences have a subject and a past and are left alone;
so is what somebody says, whoever else's telephone number, and an app that a story, or a step of its list, tells readers to get.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.phrases import phrases
from rules.core.residue import ResidueRule, Strength, is_step
from rules.core.rule import Context, Example
from rules.core.sourcing.genre import addresses

_SPEECH = later(r"\b(?:he|she|they) (?:said|says|told|tells)\b|,? (?:[\w’'-]+ ){1,4}(?:said|says)\b|\baccording to\b")
_FUNDED = later(  # who paid for a story, which is a disclosure
    r"(?!.*\b(?:you|your|our (?:readers|members|listeners)|readers|members|donat\w*|sign up|give|subscribe)\b)"
    r"(?:\w+ ){0,2}(?:support|funding|backing) (?:for|of) .*\b(?:came|comes|provided|given) (?:from|by)\b"
)
_TELEPHONE = later(r"(?:\b0|\+|\(|\b)\d{2,4}\)?[ -]\d{3}[ -]?\d{3,4}\b|\b800[- ]\d{3}")
_STEP = later(r"^(?:first|next|then|now|to start|to begin)?,? ?(?:download|install|open|launch|get) (?!our\b)")


def _is_ours(key: str) -> bool:
    """Whether something in a text is the house's: "our", a newsletter, its channel on a network."""
    return phrases("newsletter-promo", "ours").occurs(key)


class NewsletterPromo(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 7
    specificity: ClassVar = 68
    message: ClassVar = "A pitch for a newsletter, an app, a subscription or a donation stands in the story."
    widget: ClassVar = later(
        r"newsletter|sign-?up|subscri|promo|cta|donat|e-?mail|capture|app-|podcast|follow|support|"
        r"campaign|banner|tout|membership|inline-?form|appeal"
    )
    widget_says: ClassVar = "class names a pitch"
    max_words: ClassVar = 60  # a pitch of three sentences

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """What the lists know, but for the steps of a story that tells its readers what to do."""
        for finding in super().check(article, context):
            block = finding.places[0].block
            is_told = is_step(block) and not self._has_structure(block)
            if not (_STEP.search(block.key) and (is_told or addresses(article))):
                yield finding

    def strength(self, block: Block) -> Strength | None:
        """Nothing for what announces the link that comes next, what somebody says or paid for, or others' telephone numbers."""
        key = block.key
        is_theirs = _SPEECH.search(key) or _FUNDED.match(key) or (_TELEPHONE.search(key) and not _is_ours(key))
        return None if key.endswith(":") or is_theirs else super().strength(block)

    def may_be_copy(self, block: Block) -> bool:
        """Whether nothing in it is the house's: "Sign up for flood alerts" may be advice."""
        return not _is_ours(block.key)

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
        Example(
            why="a pitch with a sentence on no list, in the same voice",
            html="<p>Rain fell on the town.</p><p>⟦We cover every flood in this valley. Sign up for our newsletter to stay "
            "ahead of the water.⟧</p>",
        ),
        Example(
            why="who paid for a story",
            html="<p>Rain fell on the town.</p><p>Support for this reporting came from the Hale Foundation.</p>",
        ),
        Example(
            why="a pitch in somebody’s mouth",
            html="<p>Your support matters, she tells her tenants.</p>",
        ),
        Example(
            why="a step of what a story explains",
            html="<p>First you need an account, and you need your meter’s number.</p><p>Download the Meter app from the App "
            "Store.</p><p>Then you hold your phone to the meter.</p>",
        ),
        Example(
            why="a step of a list in order",
            html="<p>Rain fell on the town.</p><ol><li>Download the Meter app.</li><li>Hold the phone to the meter.</li></ol>"
            "<p>Rain.</p><ul><li>⟦Download the Ferry app.⟧</li></ul>",
        ),
        Example(
            why="a service that anybody can ring",
            html="<p>Sign up for flood alerts by text on 01632 960003.</p>",
        ),
    )
