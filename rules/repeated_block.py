"""The same short block stands several times in the story, and it is an interface's.

## Why it matters
A template that leaks one text into every slot ("Open image in gallery", "Article content") makes a story unreadable. One look
at the count tells the desk that a template is at fault and not a writer.

## What is checked
A block of at most six words that stands three times or more with a second sign that it belongs to the page: a class or id of
an interface, a control element, or hiding. One finding, with the count.

## Known limits
Repetition alone is no fault: question labels, refrains, recipe steps, separators, tables and live-blog times repeat by right, and
three of four texts that real stories repeat are content. What is a heading of the story too is
its contents list. More specific rules report what they know by its words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.residue import CONTROLS, is_quoted, repeats_in, whole
from rules.core.rule import Context, Example, Rule
from rules.core.shopping import is_offer

_INTERFACE = later(
    r"(?:^|[\s_-])(?:ads?|advert\w*|btn|button|share|social|toolbar|gallery|slideshow|carousel|player|video-?controls|widget|toast|"
    r"promo|newsletter|signup|subscribe|cta|paywall|expand|toggle|tooltip|popup|modal|print|copy-?link|lightbox|zoom|fullscreen)(?:$|[\s_-])"
)
_CONTENT = later(  # labels of questions and answers, separators, times and scores, credits of pictures
    r"[:?]$|^[\W_]*$|\d|^\(|^(?:image|photo|picture|pic|credit|source|file|video|illustration)s?\b"
)


@dataclass(frozen=True)
class RepeatedBlock(Rule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 2
    specificity: ClassVar = 20

    min_count: int = 3  # twice is chance: a pull quote, a name
    max_words: int = 6  # a longer text is a teaser or a paragraph; duplicate paragraphs are another fault

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a text; the engine counts the repeats."""
        context.spend(len(article.text))
        counts = repeats_in(article)
        headings = {block.key for block in article.blocks if block.kind == "heading"}
        for block in article.blocks:
            if counts[block.key] < self.min_count or block.key in headings or not self._is_candidate(block):
                continue
            sign = _sign(block)
            if sign and not is_offer(article, block):
                evidence = (f"same text {counts[block.key]} times", sign)
                yield Finding("The same text of the page's interface stands in the story.", (whole(block),), None, 0.85, evidence)

    def _is_candidate(self, block: Block) -> bool:
        short = 0 < block.words <= self.max_words
        return short and not _CONTENT.search(block.key) and not is_quoted(block) and block.kind != "headline"

    examples: ClassVar = (
        Example(
            why="a gallery button after each picture",
            html='<p>Rain fell.</p><div class="gallery-open">⟦Open image⟧</div><p>It grew dark.</p>'
            '<div class="gallery-open">⟦Open image⟧</div><p>It stopped.</p><div class="gallery-open">⟦Open image⟧</div>',
            count=3,
        ),
        Example(why="twice is chance", html="<p>Rain fell.</p><button>Open</button><p>It stopped.</p><button>Open</button>"),
        Example(why="labels of questions and answers", html="<p>Q:</p><p>Why?</p><p>Q:</p><p>How?</p><p>Q:</p><p>When?</p>"),
        Example(
            why="a refrain",
            html="<p>Row on</p><p>The river rose.</p><p>Row on</p><p>The bridge fell.</p><p>Row on</p><p>It ended.</p>",
        ),
        Example(
            why="the buttons of a shopping guide",
            html="".join(
                f"<h2>The {name}</h2><p>It boils fast, pours well and looks good beside the stove, our three testers found.</p>"
                "<button>Buy now</button>"
                for name in ("Alder", "Birch", "Cedar")
            ),
        ),
        Example(why="separators", html='<p class="ad">___</p><p>One.</p><p class="ad">___</p><p>Two.</p><p class="ad">___</p>'),
        Example(
            why="a table's cells",
            html="<table><tr><td>Won</td><td>Won</td></tr><tr><td>Won</td><td>Lost</td></tr></table>",
        ),
    )


def _sign(block: Block) -> str | None:
    if _INTERFACE.search(block.names):
        return "class or id of an interface"
    if block.tags & CONTROLS:
        return f"stands in <{min(block.tags & CONTROLS)}>"
    return "hidden by style or class" if block.hidden else None
