"""The space between two sentences is missing.

## Why it matters
"The strike ended.The trains" is what is left when a line break is dropped; search and speech read one word.

## What is checked
A word of lower case, a full stop, and a capitalised word without a space between them, in running text. After any other word
(a name, a year, "couldn’t", "low-lying") what follows must be a word that begins sentences ("The", "It", "She") or an opening
quotation mark.

## Known limits
Addresses, file names, abbreviations and names with a full stop (U.S.A., .NET, Node.js) are left alone, and so are
names like "Tram.It" that the story writes so twice. A straight quotation
mark behind the full stop is taken for a closing one.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.code import CODE
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

PROSE_WORDS = 8  # a shorter block may be a name or a label
AT_LEAST = 5  # words of a block in which even an opener may belong to one
_LOST = later(r"(?<![\w@/.:’',%-])([^\W_][\w’',%-]*[”\")]?[.!?][”\")]?)([“‘]?[A-Z][a-z]*)(?=[\s,;’'])")
_HINT = sift(r"(?:[^\s.A-Z]|[A-Z]{2})[.!?][”\")]?[“‘]?[A-Z]")  # stands wherever it does
_DOMAINS = frozenset("com net org co io info gov edu tv uk de fr es nl au ca us".split())
_OPENERS = frozenset(
    "The It He She But They And This We In That There These Those When While After Although However His Her Their Its You If "
    "For As At On So Some Many Most Both Another Yet".split()
)
_SHORT = frozenset("am be by do go he in is it me of on so to up us we".split())  # others may be abbreviations


class LostSpace(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each place; the two words are shown."""
        context.spend(2 * len(article.text))
        for block in article.prose:
            if not _HINT.occurs(block) or block.words < AT_LEAST or block.tags & CODE:
                continue
            for match in _LOST.finditer(block.text):
                if _ends_a_sentence(match[1], match[2], block) and not _is_brand(match, article):
                    place = Place(block, match.start(), match.end())
                    written = f"{match[1]} {match[2]}"
                    message = "The space between two sentences is missing."
                    yield Finding(message, (place,), None, 0.85, (), fix="replace-unsafe", replacement=written)

    examples: ClassVar = (
        Example(
            why="a dropped line break", html="<p>The long strike of the railway workers has ⟦ended.The⟧ trains run again.</p>"
        ),
        Example(
            why="a short opener that is a domain too", html="<p>The people of the town left the hall ⟦early.It⟧ was cold.</p>"
        ),
        Example(
            why="after a name, and after a year",
            html="<p>She went to live outside ⟦London.The⟧ trust paid.</p>"
            "<p>The crane on the quay is of ⟦1953.The⟧ roof is older.</p>",
        ),
        Example(
            why="before an opening quotation mark",
            html="<p>The pumps were old, as the engineer had ⟦said.“They⟧ broke twice.”</p>",
        ),
        Example(why="a short paragraph", html="<p>Nobody was ⟦hurt!The⟧ tent stood.</p><p>News from north.Tours there.</p>"),
        Example(
            why="addresses, abbreviations, names",
            html="<p>She wrote at example.Com and for the U.S.A. in .NET and Node.js, they said; the long reports at "
            "Booking.Com say so.</p><p>Read Section 4.A of it, ask Mr.The of the trust, "
            "and see 2.The hall and www.example.It there.</p>",
        ),
        Example(
            why="a firm's name",
            html="<p>The people of the town rely on Tram.It and know it.</p><p>They say that Tram.It is often late.</p>",
        ),
        Example(
            why="a German closing mark", html="<p>Er sagte: „Das ist gut.“Die Halle bleibt nun doch offen.</p>", language="de"
        ),
    )


def _is_brand(match: re.Match[str], article: Article) -> bool:
    """Whether it is a name with the ending of an address ("Tram.It"): the story writes it so more than once."""
    return match[1][0].isupper() and len(match[2]) == len("It") and article.text.count(match[0]) > 1


def _ends_a_sentence(first: str, second: str, block: Block) -> bool:
    """Whether a stop between the two can only be a sentence's: what stands before it is a word, what follows begins another."""
    word = first.rstrip('.!?”")')
    if second[0] in "“‘":
        return len(word) > 1 and "„" not in block.text  # there it closes
    if second in _OPENERS and (len(word) > 2 or word in _SHORT):
        return True
    is_plain = len(word) > 2 and word.isascii() and word.isalpha() and word.islower() and second.lower() not in _DOMAINS
    return is_plain and block.words >= PROSE_WORDS
