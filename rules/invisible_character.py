"""A character that nobody can see stands in a word.

## Why it matters
A zero-width space inside a word breaks search, quotation and line ends; a control character is what a broken paste leaves.

## What is checked
Zero-width spaces, byte order marks, word joiners and C1 controls in or beside Latin words, and zero-width joiners between
Latin letters. The fix writes what a C1 control stands for in Windows-1252 (a quotation mark, a dash) and drops the others.

## Known limits
Joiners in emoji, in Persian and in the scripts of India belong there. A zero-width space alone in a block is not text, and one
behind a slash, full stop or hyphen inside a word or address lets the line break there.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_TOKEN = later("(?<!\\S)[^\\s\\u200b-\\u200d\\u2060\\ufeff\\u0080-\\u009f]*[\\u200b-\\u200d\\u2060\\ufeff\\u0080-\\u009f]\\S*")
_AT_A_WORD = later(
    "[A-Za-z0-9][.,;:!?)'\"’”]*[\\u200b\\u2060\\ufeff\\u0080-\\u009f]|[\\u200b\\u2060\\ufeff\\u0080-\\u009f][('\"‘“]*[A-Za-z0-9]"
    "|[A-Za-z][\\u200c\\u200d][A-Za-z]|^[\\u0082-\\u009c]$"  # a dash of Windows-1252 stands alone
)
_UNSEEN = later("[\\u200b-\\u200d\\u2060\\ufeff\\u0080-\\u009f]")
_BREAK = later("(?<=\\w[/.-])\\u200b(?=\\w)")  # on purpose: an address may break there
_LATIN = "\u024f"  # the last letter of Latin; other scripts use some of these characters between their words


class InvisibleCharacter(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each word that holds one."""
        context.spend(2 * len(article.text))
        for block in article.blocks:
            if not _UNSEEN.search(block.text):
                continue
            for match in _TOKEN.finditer(block.text):
                if not _AT_A_WORD.search(_BREAK.sub("", match[0])) or any(char > _LATIN and char.isalpha() for char in match[0]):
                    continue
                seen = _UNSEEN.sub(_meant, match[0])
                codes = ", ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(_UNSEEN.findall(match[0])))
                place = Place(block, match.start(), match.end())
                message = f"Characters that nobody can see stand in “{seen}”."
                yield Finding(message, (place,), None, 0.9, (codes,), fix="replace", replacement=seen)

    examples: ClassVar = (
        Example(why="a zero-width space", html="<p>The ⟦bri\u200bdge⟧ fell.</p>", fixed="<p>The bridge fell.</p>"),
        Example(why="behind a word", html="<p>The ⟦trust\u200b⟧ said so.</p>", fixed="<p>The trust said so.</p>"),
        Example(
            why="what Windows-1252 calls quotation marks",
            html="<p>⟦\x93It⟧ is a ⟦scandal,\x94⟧ she said.</p>",
            fixed="<p>“It is a scandal,” she said.</p>",
        ),
        Example(why="its dash", html="<p>Rain ⟦\x96⟧ and hail.</p>", fixed="<p>Rain – and hail.</p>"),
        Example(why="alone, and between words of another script", html="<p>Rain \u200b fell.</p><p>ไทย\u200bBBC\u200bไทย</p>"),
        Example(
            why="where a line may break", html="<p>Read it at www.\u200bexample.\u200borg/\u200briver, in red-\u200bgreen.</p>"
        ),
        Example(why="a joiner in an emoji", html="<p>The family \U0001f468\u200d\U0001f469\u200d\U0001f467 waved.</p>"),
        Example(why="Persian", html="<p>می\u200cخواهم بروم</p>", language="fa"),
    )


def _meant(match: re.Match[str]) -> str:
    """What a character that nobody sees was to be: a C1 control is a byte of Windows-1252 that was never decoded."""
    code = ord(match[0])
    return bytes((code,)).decode("cp1252", "ignore") if code < 0xA0 else ""
