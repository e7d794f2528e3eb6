"""The label of an advertisement stands in the story.

## Why it matters
"Advertisement" or "Story continues below" without an advertisement tells the reader that something is missing.

## What is checked
A whole block that is such a label or the notice that the story goes on after one.

## Known limits
Stories about advertising are sentences, and sentences are left alone. A heading "Advertising" is left alone too, unless it
repeats or its class names an advertisement.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class AdLabel(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 7
    specificity: ClassVar = 73
    message: ClassVar = "The label of an advertisement stands in the story."
    widget: ClassVar = later(r"(?:^|[\s_-])(?:ads?|dfp|gpt|sponsor\w*|promo\w*)(?:$|[\s_-])|advert|adunit|ad-?slot")
    widget_says: ClassVar = "class names an advertisement"

    examples: ClassVar = (
        Example(
            why="a label with its class",
            html='<p>Rain fell on the town.</p><div class="ad-label">⟦Advertisement⟧</div><p>It stopped.</p>',
            fixed="<p>Rain fell on the town.</p><p>It stopped.</p>",
        ),
        Example(
            why="the words alone are a warning",
            html="<p>Rain fell on the town.</p><p>⟦Story continues below⟧</p><p>It stopped.</p>",
        ),
        Example(why="a number alone counts something else", html="<p>Rain fell on the town.</p><button>4</button>"),
        Example(
            why="a subheading of a story about the trade",
            html="<p>Rain fell on the town.</p><h2>Advertising</h2><p>The trade shrank by a third, the association said.</p>",
        ),
    )
