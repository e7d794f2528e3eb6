"""The story, or a long part of it, stands on the page twice.

## Why it matters
The editor pasted, and pasted again. The story is twice as long as it should be.

## What is checked
At least three paragraphs in a row, of fifty words together, that stand again in the same order. It is an error where they are a
third of the text or more, and a warning where they are less: a long release may say its outlook twice.

## Known limits
Live blogs are not looked at, and neither is what is hidden: some pages carry a second copy for the printer.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.residue import whole
from rules.core.rule import Context, Example, NotRunError, Rule

MIN_PARAGRAPHS = 3
PARAGRAPH_WORDS = 12  # shorter blocks are headings and the entries of contents lists
MIN_WORDS = 50  # of the repeated part; a refrain is shorter
LARGE = 1 / 3  # of the text: what was pasted twice is half of it, and a little less where more was written behind it


BODY = (
    "<p>The river rose by two metres on Tuesday and took the old bridge with it in the night, the council said.</p>"
    "<p>Nobody was hurt when the piers gave way, but forty people had to leave their houses before the morning came.</p>"
    "<p>Repairs will take until the autumn, and until then the only way across is the ferry, which runs every hour.</p>"
)


class BodyPastedTwice(Rule):
    category: ClassVar = "duplication"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 2
    specificity: ClassVar = 45

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for the longest part that comes again: its blocks the second time."""
        if article.kind == "live-blog":
            raise NotRunError("a live blog repeats its posts")
        context.spend(2 * len(article.text))
        blocks = [block for block in article.prose if _is_paragraph(block) and not block.hidden]
        again = _again(blocks)
        words = sum(block.words for block in again)
        if len(again) >= MIN_PARAGRAPHS and words >= MIN_WORDS:
            between = article.blocks[again[0].index : again[-1].index + 1]
            places = tuple(whole(block) for block in between if block.text)
            evidence = (f"{len(again)} paragraphs in the same order",)
            severity = None if words >= LARGE * sum(block.words for block in blocks) else Severity.WARNING
            yield Finding("A long part of the story stands on the page twice.", places, severity, 0.97, evidence)

    examples: ClassVar = (
        Example(
            why="pasted twice",
            html=BODY + BODY.replace("<p>The", "<p>⟦The").replace("hour.</p>", "hour.⟧</p>"),
        ),
        Example(why="a copy for the printer", html=f'{BODY}<div class="d-none d-print-block">{BODY}</div>'),
        Example(
            why="once",
            html="<p>The river rose.</p><p>The bridge fell.</p><p>The river rose.</p><p>The bridge fell.</p><p>It ended.</p>",
        ),
    )


def _is_paragraph(block: Block) -> bool:
    """Whether it is a sentence of running text; contents lists and the points of an offer are none."""
    return block.words >= PARAGRAPH_WORDS and block.kind != "list-item" and block.key.endswith((".", "!", "?", '"'))


def _again(blocks: list[Block]) -> list[Block]:
    """The longest run of blocks that follows the order of an earlier run."""
    first: dict[str, int] = {}
    best: list[Block] = []
    run: list[Block] = []
    expected = -1
    for number, block in enumerate(blocks):
        seen = first.setdefault(block.key, number)
        if seen == number:
            run, expected = [], -1
            continue
        run = [*run, block] if seen == expected else [block]
        expected = seen + 1
        best = max(best, run, key=len)
    return best
