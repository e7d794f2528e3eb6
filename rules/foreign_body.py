"""A second story stands under the first.

## Why it matters
Scrapers, infinite scroll and careless pasting put the next article under this one. Its names, its claims and its faults are
then laid at the wrong writer's door.

## What is checked
A new headline in the story, with a byline or dateline of its own right under it, followed by at least three paragraphs that
share hardly any names and words with those before.

## Known limits
Roundups and newsletters have several stories by right: three or more such headlines are left alone. A long digression shares
the story's names.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.residue import whole
from rules.core.rule import Context, Example, Rule

PARAGRAPHS = 3  # on either side; fewer say nothing about a vocabulary
PARAGRAPH_WORDS = 12
SHARED = 0.12  # share of the second story's names that the first has too; parts of one story share a third and more
MAX_HEADS = 2  # more new beginnings make a roundup
NEAR = 3  # blocks under a headline in which its byline stands
_BYLINE = later(
    r"^(?:By|BY) [A-Z][\w.'’-]+ [A-Z][\w.'’-]+|^[A-Z][A-Z .,'-]{3,40}\((?:AP|Reuters|AFP|dpa|UPI|ANI|"
    r"PTI)\)|^(?:Published|Posted|Updated)(?: on|:)? .*\d"
)
_NAME = later(r"(?<=[a-z,;] )[A-Z][a-zà-ÿ]{2,}")

FIRST = (
    "<p>The river rose by two metres on Tuesday and took the old bridge at Millford with it in the "
    "night, the council of Northgate said.</p>"
    "<p>Nobody was hurt when the piers gave way, said Maria Keane of the council, but forty people in Millford had to leave.</p>"
    "<p>Repairs will take until the autumn, and until then the only way across to Northgate is the "
    "ferry, which runs every hour.</p>"
)
SECOND = (
    "<p>The directors of Harlan Lines chose Tobias Venn on Friday to lead the company, which has owned "
    "ships since it was founded.</p>"
    "<p>Shareholders in Rotterdam had asked for months that Venn should follow Edith Kroll, who leaves "
    "at the end of the year.</p>"
    "<p>Analysts at Colby expect that Venn will sell the older ships, and that Rotterdam will lose two "
    "hundred jobs by the spring.</p>"
)


class ForeignBody(Rule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    specificity: ClassVar = 30

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding: the second story's headline."""
        context.spend(4 * len(article.text))
        heads = [block for block in article.blocks if _begins(article, block)]
        if not 0 < len(heads) <= MAX_HEADS:
            return
        for head in heads:
            before, after = _prose(article.blocks[: head.index]), _prose(article.blocks[head.index + 1 :])
            if len(before) < PARAGRAPHS or len(after) < PARAGRAPHS:
                continue
            share = _shared(before, after)
            if share is not None and share < SHARED:
                evidence = ("a headline with a byline of its own", f"{share:.0%} of its names stand in the story above")
                yield Finding("A second story begins here.", (whole(head),), None, 0.85, evidence, fix=None)
                return

    examples: ClassVar = (
        Example(
            why="the next article of an endless page",
            html=FIRST + "<h2>⟦Ferry company names a new director⟧</h2><p>By Max Reed</p>" + SECOND,
        ),
        Example(why="a subheading of the same story", html=FIRST + "<h2>What comes next</h2>" + FIRST),
        Example(why="a headline without a byline", html=FIRST + "<h2>Ferry company names a new director</h2>" + SECOND),
    )


def _begins(article: Article, block: Block) -> bool:
    if block.kind != "heading" or block.tag not in ("h1", "h2") or block.words < 4:
        return False
    return any(_BYLINE.match(other.text) for other in article.blocks[block.index + 1 : block.index + 1 + NEAR])


def _prose(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.words >= PARAGRAPH_WORDS and block.link_share < 0.5]


def _shared(before: list[Block], after: list[Block]) -> float | None:
    """The share of the later names that stand earlier; None where there are too few."""
    first = {name for block in before for name in _NAME.findall(block.text)}
    second = {name for block in after for name in _NAME.findall(block.text)}
    return len(first & second) / len(second) if len(second) >= PARAGRAPHS and first else None
