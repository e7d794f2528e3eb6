"""A character reference shows as text.

## Why it matters
"Q&amp;amp;A" was escaped twice on its way; the reader sees the code for the character.

## What is checked
A named or numbered character reference in the visible text. The fix writes the character.

## Known limits
Code, and articles about HTML, show references by right.
"""

import html
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.code import CODE, is_about_code
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

_REFERENCE = sift(
    r"&(?:amp|quot|apos|nbsp|lsquo|rsquo|ldquo|rdquo|ndash|mdash|hellip|eacute|egrave|aacute|iacute|oacute|uacute|ntilde|ccedil|auml|ouml|uuml|"
    r"szlig|pound|euro|copy|reg|trade|bull|middot|deg|#\d{2,6}|#x[0-9a-fA-F]{2,6}|#039);"
)


class DoubleEscapedEntity(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each reference where it stands."""
        context.spend(2 * len(article.text))
        if "&" not in article.text or is_about_code(article):
            return
        for block in article.blocks:
            for match in _REFERENCE.finditer(block):
                if block.tags & CODE:
                    break
                character = html.unescape(match[0])
                place = Place(block, match.start(), match.end())
                message = f"The code for “{character}” shows instead of it."
                yield Finding(message, (place,), None, 0.97, ("escaped twice",), fix="replace", replacement=character)

    examples: ClassVar = (
        Example(why="an ampersand", html="<p>A Q⟦&amp;amp;⟧A with the mayor.</p>", fixed="<p>A Q&amp;A with the mayor.</p>"),
        Example(why="a number", html="<p>It isn⟦&amp;#8217;⟧t over.</p>", fixed="<p>It isn’t over.</p>"),
        Example(why="code", html="<p>Write <code>&amp;amp;</code> for an ampersand; &amp;amp; works everywhere.</p>"),
        Example(why="an ampersand in a name", html="<p>AT&amp;T; rain fell.</p>"),
    )
