"""Counts of visits, shares or reading time stand in the story.

## Why it matters
"(Visited 29 times, 1 visits today)" is about the page and not about the news, and it was true for a moment.

## What is checked
A whole block that is such a count ("3 min read", "1.2k shares").

## Known limits
Figures in prose, and lone numbers without a class that names a counter, are left alone.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class CounterResidue(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 7
    specificity: ClassVar = 65
    message: ClassVar = "A counter of the page stands in the story."
    widget: ClassVar = later(r"count|view|read|visit|stat|meta|time|share|rating|duration")
    widget_says: ClassVar = "class names a counter"

    examples: ClassVar = (
        Example(why="a critic's verdict", html="<p>Rain fell.</p>" + "<p><b>Rating: 4/5</b></p><p>It stopped.</p>" * 3),
        Example(why="what readers voted", html="<p>Rain fell.</p><p>⟦Rating: 4.5 (123 votes)⟧</p>"),
        Example(
            why="a counter",
            html="<p>Rain fell on the town.</p><p>⟦(Visited 29 times, 1 visits today)⟧</p>",
        ),
        Example(
            why="reading time with its class",
            html='<div class="read-time">⟦3 min read⟧</div><p>Rain fell on the town.</p>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="figures in prose",
            html="<p>The clip had 1.2 million views and 40,000 shares by Monday.</p>",
        ),
        Example(
            why="a date, though its class names a counter",
            html='<p>Rain fell on the town.</p><p class="post-time">12.11.2018</p>',
        ),
        Example(
            why="a lone number",
            html="<h2>57</h2><p>The hall seats fewer than before, the council said.</p>",
        ),
    )
