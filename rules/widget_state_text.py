"""A success message or another state of a page widget stands in the story.

## Why it matters
"Thank you! Your submission has been received!" thanks a reader who submitted nothing. Forms keep the texts of all their states
in the HTML and hide them by style; whoever copies the HTML without the style shows them all.

## What is checked
A whole block that is a form's success, waiting or status text. With a second sign (a class that names a form or its state, a
control, hiding, repetition, an error text of the same form beside it) it is an error; the words alone are a warning, or a
note where they are worded as stories are told.

## Known limits
Thanks to readers in the story's own words are left alone: the whole block must be the widget's text.
"""

from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.phrases import clauses, phrases
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class WidgetStateText(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.1.0"
    version: ClassVar = 7
    specificity: ClassVar = 85
    message: ClassVar = "A status message of a page widget stands in the story."
    widget: ClassVar = later(r"success|form|toast|alert|confirm|thank|newsletter|signup|subscri|w-form-done|spinner|load")
    widget_says: ClassVar = "class names a form or its state"

    examples: ClassVar = (
        Example(
            why="the story's own crossheads",
            html="<h2>Paying</h2><p>The till takes coins and notes, and on market days it takes them faster than ever before.</p>"
            "<h2>Logging in</h2><p>The book by the door is signed by whoever comes in, and nobody reads it.</p>",
        ),
        Example(
            why="a heading of a widget among them",
            html="<h2>Paying</h2><p>The till takes coins and notes, and on fair days it takes them faster than ever before.</p>"
            '<form class="signup"><h2>⟦Logging in⟧</h2></form><p>The book by the door is signed by all and read by nobody.</p>',
            fixed="<h2>Paying</h2><p>The till takes coins and notes, and on fair days it takes them faster than ever before.</p>"
            "<p>The book by the door is signed by all and read by nobody.</p>",
        ),
        Example(
            why="Webflow's success text, hidden by a style that was not copied",
            html='<p>Rain fell.</p><div class="w-form-done">⟦Thank you! Your submission has been received!⟧</div>',
            fixed="<p>Rain fell.</p>",
        ),
        Example(why="the words alone are a warning", html="<p>Rain fell.</p><p>⟦A welcome email is on its way.⟧</p>"),
        Example(
            why="error and success of one form side by side",
            html="<p>Rain fell.</p><p>⟦Thank you for subscribing!⟧</p><p>Oops! Something went wrong.</p>",
            fixed="<p>Rain fell.</p><p>Oops! Something went wrong.</p>",
        ),
        Example(
            why="thanks to readers in the story",
            html="<p>Thank you to everyone who wrote to us about the market hall; your letters fill two boxes.</p>",
        ),
    )

    def beside(self, article: Article, block: Block) -> bool:
        """Whether the same widget's other state, or its error text, stands next to it."""
        near = article.blocks[max(0, block.index - 1) : block.index + 2]
        errors = phrases("widget-error-text", "strong")
        clauses_near = [clause for other in near if other.words <= self.max_words for clause in clauses(other.key)]
        return super().beside(article, block) or any(errors.is_whole(clause) for clause in clauses_near)
