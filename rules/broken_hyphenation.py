"""A word is broken by a hyphen and a space.

## Why it matters
"govern- ment" was set in a column once; pasted into a page it is a word that does not exist.

## What is checked
A hyphen and a space inside a word: the whole word stands elsewhere in the story, or what follows is no word but an ending.

## Known limits
"pre- and post-war" and its like in other languages are left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_BROKEN = later(r"\b([a-z]{2,})- ([a-z]{2,})\b")
_JOINING = frozenset("and or to und oder et ou y o e en of bis sowie nor but versus vs plus as".split())
_ENDINGS = frozenset(
    "ment ments tion tions sion sions ness ing ings ity ities ble able ible ally ously ence ance ency tive tional ization".split()
)


class BrokenHyphenation(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each broken word."""
        context.spend(2 * len(article.text))
        blocks = [block for block in article.prose if "- " in block.text]
        lower = article.text.lower() if blocks else ""
        for block in blocks:
            for match in _BROKEN.finditer(block.text):
                word = match[1] + match[2]
                context.spend(len(lower) // 8)
                if match[2] in _JOINING or not (match[2] in _ENDINGS or re.search(rf"\b{word}\b", lower)):
                    continue
                place = Place(block, match.start(), match.end())
                message = f"“{word}” is broken by a hyphen."
                yield Finding(message, (place,), None, 0.85, (), fix="replace-unsafe", replacement=word)

    examples: ClassVar = (
        Example(why="an ending", html="<p>The ⟦govern- ment⟧ fell on Monday.</p>"),
        Example(why="the word stands elsewhere", html="<p>The bridge fell. Nobody used the ⟦bri- dge⟧ at night.</p>"),
        Example(why="two words with one ending", html="<p>Both pre- and post-war houses stand, two- to four-storey ones.</p>"),
    )
