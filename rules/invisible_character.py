"""A character that nobody can see stands in a word.

## Why it matters
A zero-width space inside a word breaks search, quotation and line ends; a control character is what a broken paste leaves.

## What is checked
Zero-width spaces, byte order marks, word joiners and C1 controls in or beside Latin words, and zero-width joiners between
Latin letters.

## Known limits
Joiners in emoji, in Persian and in the scripts of India belong there. A zero-width space alone in a block is not text.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_WORD = later(
    "[^\\s\\u200b]*[A-Za-z0-9](?:[\\u200b\\u2060\\ufeff\\u0080-\\u009f]+|[\\u200c\\u200d](?=[A-Za-z]))[^\\s]*[A-Za-z0-9][^\\s]*"
)
_UNSEEN = later("[\\u200b-\\u200d\\u2060\\ufeff\\u0080-\\u009f]")


class InvisibleCharacter(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each word that holds one."""
        context.spend(2 * len(article.text))
        for block in article.blocks:
            if not _UNSEEN.search(block.text):
                continue
            for match in _WORD.finditer(block.text):
                seen = _UNSEEN.sub("", match[0])
                codes = ", ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(_UNSEEN.findall(match[0])))
                place = Place(block, match.start(), match.end())
                message = f"Characters that nobody can see stand in “{seen}”."
                yield Finding(message, (place,), None, 0.9, (codes,), fix="replace", replacement=seen)

    examples: ClassVar = (
        Example(why="a zero-width space", html="<p>The ⟦bri\u200bdge⟧ fell.</p>", fixed="<p>The bridge fell.</p>"),
        Example(why="a joiner in an emoji", html="<p>The family \U0001f468\u200d\U0001f469\u200d\U0001f467 waved.</p>"),
        Example(why="Persian", html="<p>می\u200cخواهم بروم</p>", language="fa"),
    )
