"""The space between two sentences is missing.

## Why it matters
"The strike ended.The trains" is what is left when a line break is dropped; search and speech read one word.

## What is checked
A word of lower case, a full stop, and a capitalised word without a space between them, in running text.

## Known limits
Addresses, file names, abbreviations and names with a full stop (U.S.A., .NET, Node.js) are left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.code import CODE
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

PROSE_WORDS = 8  # a shorter block may be a name or a label
_LOST = later(r"(?<![\w@/.:-])([a-z]{3,}[.!?][”\")]?)((?:[A-Z][a-z]+|[A-Z])(?=[\s,;’']))")
_HINT = sift(r"[a-z][.!?][”\")]?[A-Z]")  # stands wherever it does
_DOMAINS = frozenset("com net org co io info gov edu tv uk de fr es it nl au ca us".split())


class LostSpace(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each place; the two words are shown."""
        context.spend(2 * len(article.text))
        for block in article.prose:
            if not _HINT.occurs(block) or block.words < PROSE_WORDS or block.tags & CODE:
                continue
            for match in _LOST.finditer(block.text):
                if match[2].lower() not in _DOMAINS:
                    place = Place(block, match.start(), match.end())
                    written = f"{match[1]} {match[2]}"
                    message = "The space between two sentences is missing."
                    yield Finding(message, (place,), None, 0.85, (), fix="replace-unsafe", replacement=written)

    examples: ClassVar = (
        Example(
            why="a dropped line break", html="<p>The long strike of the railway workers has ⟦ended.The⟧ trains run again.</p>"
        ),
        Example(
            why="addresses, abbreviations, names",
            html="<p>She wrote at example.Com and for the U.S.A. in .NET and Node.js, they said; the long reports at "
            "Booking.Com say so.</p>",
        ),
    )
