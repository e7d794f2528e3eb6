"""The words of a paywall or a meter stand in the story.

## Why it matters
"Already a subscriber? Log in" in the text of the story locks out nobody and annoys the one who has paid.

## What is checked
A whole block that is a wall's or a meter's own text. A lone "Log in" needs a second sign.

## Known limits
Stories about the media business speak of subscribers in sentences of their own and are left alone.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class PaywallPrompt(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 7
    specificity: ClassVar = 77
    message: ClassVar = "A paywall speaks in the story."
    widget: ClassVar = later(
        r"paywall|premium|subscri|regwall|meter|gate|wall|locked|login|piano|tp-|offer|promo|cta|"
        r"plan"
    )
    widget_says: ClassVar = "class names a paywall"

    examples: ClassVar = (
        Example(
            why="a wall",
            html='<p>Rain fell on the town.</p><div class="paywall"><p>⟦Already a subscriber? Log in⟧</p></div>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a meter",
            html="<p>Rain fell on the town.</p><p>⟦You have 2 free articles left this month.⟧</p>",
        ),
        Example(
            why="a media-business story",
            html="<p>The paper has a million subscribers, and each of them already pays for the news.</p>",
        ),
        Example(
            why="sentences of two rules",
            html="<p>Rain fell on the town.</p><p>⟦Already a subscriber? Log in. Share this article.⟧</p>",
        ),
        Example(
            why="an interviewer’s question",
            html="<p>Unlock exclusive stories. We value your privacy. Which of these do you hate most?</p>",
        ),
    )
