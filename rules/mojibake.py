"""Letters were read in the wrong encoding.

## Why it matters
"isnâ€™t" and "GuantÃ¡namo" make a reader stumble, and a search for the right word never finds the page.

## What is checked
Sequences that are UTF-8 read as another encoding, as ftfy judges them; the fix is what ftfy makes of the word.

## Known limits
Articles about encodings quote such words and are left alone. A single "Ã" is a letter.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.code import CODE, is_about_encoding
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_SUSPECT = later(r"[ÂÃâÐÑðïåãä][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")  # the first two bytes of a sequence, read as cp1252
_WORD = later(r"[^ \t\n]+")


class Mojibake(Rule):
    category: ClassVar = "encoding"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each word; blocks without a suspicious pair of letters cost one look."""
        context.spend(len(article.text))
        suspects = [block for block in article.blocks if _SUSPECT.search(block.text) and not block.tags & CODE]
        if suspects and not is_about_encoding(article):
            for block in suspects:
                context.spend(30 * len(block.text))
                yield from _words(block)

    examples: ClassVar = (
        Example(why="an apostrophe", html="<p>It ⟦isnâ€™t⟧ over.</p>", fixed="<p>It isn’t over.</p>"),
        Example(why="an accent", html="<p>The camp at ⟦GuantÃ¡namo⟧ stays.</p>", fixed="<p>The camp at Guantánamo stays.</p>"),
        Example(why="letters of other languages", html="<p>SÃO PAULO, Ângela and château are right.</p>", language="pt"),
        Example(why="quoted on purpose", html="<p>Mojibake such as isnâ€™t comes from UTF-8 read as Latin-1.</p>"),
    )


def _words(block: Block) -> Iterator[Finding]:
    from ftfy import fix_encoding  # noqa: PLC0415 - most articles never need it, and it costs the start-up

    for match in _WORD.finditer(block.text):
        word = match[0]
        mended = fix_encoding(word) if _SUSPECT.search(word) else word
        if mended != word and "\ufffd" not in mended:
            place = Place(block, match.start(), match.end())
            message = f"Letters were read in the wrong encoding: “{mended}”."
            yield Finding(message, (place,), None, 0.95, ("UTF-8 read as another encoding",), fix="replace", replacement=mended)
