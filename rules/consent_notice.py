"""A cookie or privacy banner, or a placeholder that waits for consent, stands in the story.

## Why it matters
It asks for a consent that the reader cannot give here.

## What is checked
A whole block that is a sentence or a button of a consent manager, or the placeholder it puts where an embed waits. A lone
"Accept" needs a second sign.

## Known limits
Reporting on privacy and baking with cookies are left alone: the whole block must be the banner's own words ("we use cookies",
"Accept all").
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class ConsentNotice(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 7
    specificity: ClassVar = 75
    message: ClassVar = "A cookie or privacy banner stands in the story."
    widget: ClassVar = later(r"consent|cookie|gdpr|privacy|onetrust|didomi|truste|embed|placeholder|banner")
    widget_says: ClassVar = "class names consent"

    examples: ClassVar = (
        Example(
            why="a banner",
            html='<p>Rain fell on the town.</p><div id="cookie-banner"><p>⟦We use cookies to give you the best '
            "experience.</p><button>Accept all⟧</button></div>",
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a placeholder",
            html="<p>Rain fell on the town.</p><p>⟦To view this content, please update your privacy settings.⟧</p>",
        ),
        Example(
            why="food",
            html="<p>The bakery sold 400 cookies a day, and the council wants to tax them.</p>",
        ),
        Example(
            why="privacy reporting",
            html="<p>The regulator said that the site stored cookies without consent.</p>",
        ),
    )
