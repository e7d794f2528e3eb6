"""Placeholder copy was published.

## Why it matters
"Lorem ipsum dolor sit amet" or "Headline goes here" says that nobody read the page before it went out.

## What is checked
A block of Latin filler, and a block or headline that is only a template's instruction ("Insert text here", "Summary goes here",
"Click to edit", "Auto Draft"). A headline that only says that there is none ("Untitled", "(no title)") or that somebody tried
something out ("Test post"), and one that ends on "(copy)". The mark that a news feed puts where it cut a text off ("… [+4966
chars]").

## Known limits
A story about lorem ipsum names it inside a sentence and is left alone, as is Latin that says something. "Write a caption" is a
note away from a picture, and nothing as a heading over a paragraph. A headline "Untitled" in quotation marks is the name of a
work. "Copy of …" and "Draft: …" before a headline are left alone: copies are found, and drafts are held.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.residue import heads_prose, is_introduced, is_quoted, whole
from rules.core.rule import Context, Example, Rule

# The standard text, and the words of the common generators. What other languages use every day does not count alone.
_LATIN = frozenset(
    "lorem ipsum dolor sit amet consectetur adipiscing adipisicing elit sed do eiusmod tempor incididunt ut labore et "
    "dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo "
    "consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur excepteur sint "
    "occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum pellentesque habitant "
    "morbi tristique senectus netus malesuada fames ac turpis egestas vestibulum ante primis faucibus orci luctus "
    "ultrices posuere cubilia curae curabitur vivamus vitae donec mauris nunc nullam quisque praesent aenean suspendisse "
    "phasellus fusce proin maecenas tellus augue purus lectus odio arcu lacus risus metus ligula eget vel nec eros diam "
    "quam viverra volutpat pretium convallis tincidunt sollicitudin condimentum fermentum elementum ornare rhoncus "
    "scelerisque blandit feugiat dapibus dignissim pulvinar porttitor hendrerit interdum sagittis sodales semper "
    "bibendum euismod varius ullamcorper vehicula placerat lobortis gravida cursus facilisis molestie imperdiet iaculis "
    "laoreet mattis accumsan auctor aliquam erat facilisi nibh urna felis neque nisl tortor at a".split()
)
LATIN_SHARE = 2 / 3  # of a block's words; prose about the filler, and Latin that says something, have fewer
LATIN_LETTERS = 5  # a shorter word may be French or English ("qui est in")
LATIN_WORDS = 3  # so long or longer, at least
_PART = (
    r"(?:headline|title|heading|subtitle|sub-?head(?:line|ing)?|standfirst|dek|summary|excerpt|description|caption|byline|text|"
    r"body copy|body text|content|quote|image|paragraph|intro)"
)
_INSTRUCTION = later(
    rf"\W*(?:(?:your |the |insert |enter |add |type )*{_PART}(?: text)?(?: goes| comes| to go)? here|"
    rf"insert (?:text|headline|image|caption|quote|link)(?: here)?|(?:headline|standfirst|caption|text) to come|"
    r"click to edit|start writing or type / to choose a block|"
    r"(?:i'm|i am) a paragraph\. click here to add your own text.*|"
    r"this is your first post\. edit or delete it.*|your content goes here\. edit or remove this text.*|"
    r"placeholder (?:text|headline|copy|image|title)|auto[ -]draft|untitled (?:document|post|article)|hello world!?|"
    r"this is (?:a )?(?:dummy|placeholder|sample) (?:text|headline|copy|content)|new (?:article|post|story) title)\W*"
)
_CAPTION = later(r"\W*(?:enter|add|write)(?: a)? caption\W*")
_UNNAMED = later(
    r"\W*(?:no title|untitled|headline|test(?: test| post| article| story| headline| page){0,3}(?:,? please ignore)?)\W*|"
    r".+ \(copy(?: \d)?\)"
)
_CUT_OFF = later(r"(?:…|\.\.\.) ?\[\+\d+ chars\]\s*$")  # NewsAPI's


class PlaceholderCopy(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 4
    specificity: ClassVar = 94

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a block, and one for a headline that is none."""
        context.spend(2 * len(article.text))
        headline = article.headline if article.language == "en" else None
        if headline is not None and _UNNAMED.fullmatch(headline.key) and not is_quoted(headline):
            yield Finding("The headline was never written.", (whole(headline),), Severity.WARNING, 0.93, ("no headline’s words",))
        for block in article.blocks:
            is_caption = _CAPTION.fullmatch(block.key) and not heads_prose(article, block)
            severity = Severity.NOTE if is_caption and not _is_at_picture(block) else None
            reason = "a template's instruction" if is_caption else _reason(block)
            if reason and not is_quoted(block) and not is_introduced(article, block):
                yield Finding("Placeholder copy was published.", (whole(block),), severity, 0.95, (reason,), fix="remove-unsafe")
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
        Example(why="a headline that was never written", html="<h1>⟦Test post⟧</h1><p>Rain fell.</p>"),
        Example(why="a sentence with the same words", html="<p>The text here was carved by hand.</p>"),
    )


def _is_at_picture(block: Block) -> bool:
    """Whether a caption belongs there; elsewhere a contest or a guide may ask its readers for one."""
    return "figure" in block.tags or "caption" in block.names


def _reason(block: Block) -> str | None:
    if _INSTRUCTION.fullmatch(block.key):
        return "a template's instruction"
    words = re.findall(r"[a-z]+", block.key)
    filler = [word for word in words if word in _LATIN]
    if len(filler) >= LATIN_SHARE * len(words) and sum(len(word) >= LATIN_LETTERS for word in filler) >= LATIN_WORDS:
        return "Latin filler"
    return None
