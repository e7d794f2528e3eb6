"""The same quotation stands in the story in two wordings.

## Why it matters
A quotation is what somebody said, word for word. When the pull quote or the second mention differs, one of the two is wrong.

## What is checked
Two quotations of six words or more that share three quarters of their words in order and are not the same; case, marks and a
shorter piece of the same wording do not count.

## Known limits
Speakers repeat themselves: slogans and answers to the same question may differ by right, so this is a note. A pull quote that
is set without quotation marks, and speech in single ones, are not compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.quotations import Quotation
from rules.core.rule import Context, Example, Rule

SHARED = 0.75  # share of the words in order; two answers to one question share less
RUN = 3  # words in a row that make two quotations worth comparing
_WORD = later(r"\w+(?:['’]\w+)?")


@dataclass(frozen=True)
class QuoteDrift(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    version: ClassVar = 3

    min_words: int = 6

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each quotation that differs from an earlier one."""
        context.spend(4 * len(article.text))
        seen: dict[tuple[str, ...], int] = {}
        kept: list[tuple[Quotation, list[str]]] = []
        for quote in article.quotations:
            said = _WORD.findall(quote.text.lower().replace("’", "'"))
            if min(len(said), quote.words) < self.min_words:  # an address has many names and no words
                continue
            runs = [tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1)]
            near = {seen[run] for run in runs if run in seen}
            for number in sorted(near):
                earlier, words = kept[number]
                context.spend(len(said) + len(words))
                if earlier.block is not quote.block and _drifts(words, said):
                    place = Place(quote.block, quote.start, quote.end)
                    yield Finding(
                        "The same quotation stands here in other words.", (place,), None, 0.8, (f"before: {earlier.text}",)
                    )
                    break
            for run in runs:
                seen.setdefault(run, len(kept))
            kept.append((quote, said))

    examples: ClassVar = (
        Example(
            why="one word differs",
            html="<p>“We had never seen so much water in town,” Keane said.</p>"
            "<p>⟦“We had never seen so much water in the town,”⟧ she said.</p>",
        ),
        Example(
            why="a piece of it",
            html="<p>“We had never seen so much water in town,” Keane said.</p>"
            "<p>“Never seen so much water in town,” she said.</p>",
        ),
        Example(
            why="addresses",
            html='<p>It asked for "https://example.org/fair/2024/old/market/hall" first,</p>'
            '<p>then for "https://example.org/fair/2025/old/market/hall".</p>',
        ),
        Example(
            why="a second thought in the same paragraph",
            html="<p>“It is not about the money and the land,” she said. Then: “It is a bit about the money and the land.”</p>",
        ),
        Example(
            why="two answers",
            html="<p>“We had never seen so much water in town,” Keane said.</p>"
            "<p>“We had never thought of selling the old mill,” he said.</p>",
        ),
    )


def _drifts(one: list[str], other: list[str]) -> bool:
    from difflib import SequenceMatcher  # noqa: PLC0415 - few stories have two quotations so near to each other

    short, long = sorted((" ".join(one), " ".join(other)), key=len)
    if short in long:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= SHARED
