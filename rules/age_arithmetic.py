"""A count of years does not add up.

## Why it matters
"20 years ago, in 1999" was right once, and was copied.

## What is checked
"N years ago" beside a year in the same clause, reckoned from the article's own date.

## Known limits
One year either way is left alone: birthdays, and years that are not over. "About", "nearly" and round numbers allow for more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, NotRunError, Rule

_AGO = re.compile(
    r"\b(?P<loose>(?:about|nearly|almost|around|some|over|more than|roughly|at least|under|just over|just under|approximately) )?"
    r"(?P<count>\d{1,3}) years (?:ago|earlier|later)(?P<between>,? (?:back )?(?:in )?\(?(?:in )?)(?P<year>(?:1[89]|20)\d\d)\b"
)
SLACK = 1  # years
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class AgeArithmetic(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each count with its year."""
        context.spend(3 * len(article.text))
        blocks = [block for block in article.prose if " ago" in block.text]
        found = [(block, match) for block in blocks for match in _AGO.finditer(block.text) if "ago" in match[0]]
        if not found:
            return
        if article.published_at is None:
            raise NotRunError("the article carries no date")
        for block, match in found:
            count, year = int(match["count"]), int(match["year"])
            real = article.published_at.year - year
            if match["loose"] or (count % 10 == 0 and abs(real - count) <= 2) or abs(real - count) <= SLACK:
                continue
            place = Place(block, match.start(), match.end())
            message = f"{year} was {real} years before the article, not {count}."
            yield Finding(message, (place,), None, 0.9, (f"published {article.published_at.year}",))

    examples: ClassVar = (
        Example(
            why="copied from an old story", html="<p>It burned ⟦23 years ago, in 1999⟧, to the ground.</p>", published_at=_DAY
        ),
        Example(
            why="it adds up", html="<p>It burned 27 years ago, in 1999, and 26 years ago (1999) again.</p>", published_at=_DAY
        ),
        Example(why="about", html="<p>It burned nearly 30 years ago, in 1999.</p>", published_at=_DAY),
    )
