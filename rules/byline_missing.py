"""The byline is missing its name, or is doubled.

## Why it matters
"By admin" and "By By Ada Bell" show the template instead of the writer.

## What is checked
A byline that is a system's name (admin, null, undefined, editor1), a placeholder (N/A, TK, Author Name) or an e-mail address,
with or without a date behind it, or empty after "By" with no name in the next block; and a doubled "By By". In the metadata and
above the story.

## Known limits
An article without any byline is not judged: agencies and briefs go without one. A web address in the metadata is a profile's,
and an e-mail address beside a name is how to reach somebody.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_NOBODY = later(
    r"(?:(?:(?:posted|written|published) )?by:? *)?"
    r"(?:(?:site[ _-]?|wp[ _-]?)?admin(?:istrator)?\d*|null|undefined|none|nan|n/a|tk|tbc|"
    r"root|user\d*|editor\d+|test(?:er| user)?|wordpress|webmaster|\[?author(?: name)?\]?|firstname lastname|"
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"(?:(?:,| on| [|•·–—-]) (?:[a-z]+\.? )?\d.{0,40})?|"
    r"(?:(?:(?:posted|written|published) )?by:? *)?unknown",  # with a date it is said of a poem or a picture
    re.IGNORECASE,
)
_LABEL = later(r"(?:(?:posted|written|published) )?by\b", re.IGNORECASE)
_DOUBLED = later(r"^(By,? By\b|By: By\b|BY BY\b)")
_EMPTY = later(r"^(?:(?:written|posted) )?by:?$", re.IGNORECASE)
TOP = 6  # blocks in which a byline stands
NAME_WORDS = 6  # of a name in a block of its own, at most


class BylineMissing(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The metadata's byline, then those above the story."""
        context.spend(200)
        byline = (article.metadata.byline or "").strip()
        if byline and _NOBODY.fullmatch(byline):
            yield Finding(f"The byline is “{byline}”, which is no name.", (), None, 0.93, ("in the metadata",), subject="byline")
        elif _DOUBLED.match(byline):
            yield Finding(f"The byline is “{byline}”: “By” twice.", (), None, 0.97, ("in the metadata",), subject="byline")
        for block in article.blocks[:TOP]:
            text = block.text
            if match := _DOUBLED.match(text):
                yield Finding("The byline says “By” twice.", (Place(block, 0, match.end()),), None, 0.97, ("doubled",))
            elif block.kind not in ("headline", "heading", "caption") and (
                (_EMPTY.fullmatch(text) and not _is_named_below(article, block))
                or (_LABEL.match(text) and _NOBODY.fullmatch(text))
            ):
                yield Finding("The byline names nobody.", (Place(block, 0, len(text)),), None, 0.9, ("no name",))

    examples: ClassVar = (
        Example(why="doubled", html="<h1>Flood</h1><p>⟦By By⟧ Ada Bell</p><p>Rain fell.</p>"),
        Example(why="a system's name", html="<h1>Flood</h1><p>⟦By admin⟧</p><p>Rain fell.</p>"),
        Example(
            why="doubled in the metadata",
            html='<html><head><meta name="author" content="By By Ada Bell"></head><body><p>Rain fell.</p></body></html>',
            whole_input=True,
        ),
        Example(why="a name", html="<h1>Flood</h1><p>By Ada Bell</p><p>Rain fell.</p>"),
        Example(why="a sentence", html="<h1>Flood</h1><p>By Monday the rain had stopped.</p>"),
    )


def _is_named_below(article: Article, block: Block) -> bool:
    """Whether the next block is a name, by its looks: systems put the label and the name into elements of their own."""
    below = next((block for block in article.after(block) if block.text), None)
    if below is None:
        return False
    is_short = below.words <= NAME_WORDS and below.text[0].isupper() and not below.text.endswith(".")
    capitals = sum(word[0].isupper() for word in below.text.split())
    return below.link_share == 1 or (is_short and (capitals > 1 or below.words == 1))  # not "Text size"
