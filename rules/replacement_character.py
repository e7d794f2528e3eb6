"""A character was lost for good.

## Why it matters
"�" stands where an encoder gave up. Nobody can tell from the page what was there.

## What is checked
The replacement character U+FFFD in a word of the story.

## Known limits
Articles about encodings are left alone. The input itself may hold bytes that its encoding does not allow; then this is the
first sign of it.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.code import is_about_encoding
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_WORD = later(r"[^ \t\n\ufffd]*\ufffd[^ \t\n]*")


class ReplacementCharacter(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each word that has one."""
        context.spend(2 * len(article.text))
        if "\ufffd" not in article.text or is_about_encoding(article):
            return
        for block in article.blocks:
            if "\ufffd" in block.text:
                for match in _WORD.finditer(block.text):
                    place = Place(block, match.start(), match.end())
                    yield Finding("A character was lost here.", (place,), None, 0.98, ("U+FFFD, the replacement character",))

    examples: ClassVar = (
        Example(why="inside a word", html="<p>The ⟦caf\ufffd⟧ closed.</p>"),
        Example(why="a story about it", html="<p>Unicode calls \ufffd the replacement character.</p>"),
    )
