"""Placeholder copy was published.

## Why it matters
"Lorem ipsum dolor sit amet" or "Headline goes here" says that nobody read the page before it went out.

## What is checked
A block of Latin filler, and a block or headline that is only a template's instruction ("Insert text here", "Auto Draft"). The
mark that a news feed puts where it cut a text off ("… [+4966 chars]").

## Known limits
A story about lorem ipsum names it inside a sentence and is left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.residue import is_introduced, is_quoted, whole
from rules.core.rule import Context, Example, Rule

_LATIN = frozenset(
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore dolore magna aliqua".split()
)
LATIN_SHARE = 0.5  # of a block's words; prose about the filler has fewer
_INSTRUCTION = later(
    r"(?:\W*(?:(?:your |the |insert |enter |add |type )*(?:headline|title|subtitle|subhead(?:line)?|"
    r"standfirst|dek|caption|byline|text|body copy|"
    r"body text|content|quote|image|paragraph|intro)(?: text)?(?: goes| comes)? here|insert (?:text|"
    r"headline|image|caption|quote|link)(?: here)?|"
    r"placeholder (?:text|headline|copy|image|title)|auto[ -]draft|untitled (?:document|post|article)|hello world!?|"
    r"this is (?:a )?(?:dummy|placeholder|sample) (?:text|headline|copy|content)|new (?:article|post|story) title)\W*)"
)
_CUT_OFF = later(r"(?:…|\.\.\.) ?\[\+\d+ chars\]\s*$")  # NewsAPI's


class PlaceholderCopy(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    specificity: ClassVar = 94

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a block."""
        context.spend(2 * len(article.text))
        for block in article.blocks:
            reason = _reason(block)
            if reason and not is_quoted(block) and not is_introduced(article, block):
                yield Finding("Placeholder copy was published.", (whole(block),), None, 0.95, (reason,), fix="remove-unsafe")
            cut = _CUT_OFF.search(block.text) if block.text.rstrip().endswith("chars]") else None
            if cut is not None:
                message = "The text ends here: a feed cut off the rest."
                yield Finding(
                    message, (Place(block, cut.start(), cut.end()),), None, 0.95, ("a news feed’s mark",), kind="cut off"
                )

    examples: ClassVar = (
        Example(why="Latin filler", html="<p>Rain fell.</p><p>⟦Lorem ipsum dolor sit amet, consectetur adipiscing elit.⟧</p>"),
        Example(why="an instruction of the template", html="<h1>⟦Headline goes here⟧</h1><p>Rain fell.</p>"),
        Example(
            why="a text that a feed cut off",
            html="<p>Rain fell on the town, and the river rose until the brid⟦… [+4966 chars]⟧</p><p>A text… [of 280 chars]</p>",
        ),
        Example(
            why="a story about lorem ipsum",
            html="<p>Printers have used lorem ipsum since the 1500s to show a page without a text.</p>",
        ),
        Example(why="a sentence with the same words", html="<p>The text here was carved by hand.</p>"),
    )


def _reason(block: Block) -> str | None:
    if _INSTRUCTION.fullmatch(block.key):
        return "a template's instruction"
    words = re.findall(r"[a-z]+", block.key)
    if len(words) >= 4 and sum(word in _LATIN for word in words) >= LATIN_SHARE * len(words):
        return "Latin filler"
    return None
