"""What the story announces has passed.

## Why it matters
A caption that says somebody "will visit on Monday, March 20, 2023", beside a story of the visit, makes the reader wonder
which is true.

## What is checked
A sentence in the future tense with a whole date that had passed when the article was last changed: in captions and in notes
of the desk, and anywhere once the article was changed after the date. Before, the report says when it falls due.

## Known limits
Plain stories that nobody touched since are history and are left alone. Dates without a year are not read; quotations are left
alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.dates import WrittenDate, written_dates
from rules.core.findings import Finding, Place, Severity
from rules.core.phrases import languages
from rules.core.rule import Context, Example, NotRunError, Rule
from rules.core.sentences import Sentence, sentences

_FUTURE = re.compile(
    r"\b(?:will(?! have)|'ll|’ll|won't|shall|is (?:set|due|scheduled|expected|slated|about|planned|"
    r"going) to|are (?:set|due|scheduled|expected|slated|about|planned|going) to|"
    r"is scheduled for|plans to|wird|werden|soll|aura lieu|sera|seront|será|serán|si terrà|zal|zullen)\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:said|announced|promised|had|was|were|told|wrote|would|until|since|before)\b", re.IGNORECASE)
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
DAY_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class PassedDate(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    languages: ClassVar = languages("dates")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each announcement."""
        context.spend(6 * len(article.text))
        found = [item for block in article.blocks for item in _announcements(block, article.language)]
        if not found:
            return
        touched = article.touched_at
        if touched is None:
            raise NotRunError("the article carries no date")
        for block, sentence, written in found:
            if written.date is None or written.date.year < touched.year - 1:
                continue
            passed_at = datetime.combine(written.date, time(0), touched.tzinfo) + DAY_AFTER
            place = Place(block, sentence.start, sentence.end)
            if block.kind == "caption" and context.now < passed_at:
                context.expect(place.text, passed_at)
            elif context.now >= passed_at and (block.kind == "caption" or touched >= passed_at):
                yield Finding("What is announced here has passed.", (place,), None, 0.85, (f"{written.date} has passed",))

    examples: ClassVar = (
        Example(
            why="a caption beside the story of the visit",
            html="<p>They met.</p><figure><img src='/x.jpg' alt='Two men'><figcaption>⟦He will visit from Monday, "
            "January 5, 2026.⟧</figcaption></figure>",
            published_at=_DAY,
            now=_DAY + timedelta(days=1),
        ),
        Example(
            why="the article was changed since",
            html="<p>⟦The hall will open on January 12, 2026.⟧ Rain fell.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="an archived story",
            html="<p>The hall will open on January 12, 2026.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=400),
        ),
        Example(
            why="reported speech about the past",
            html="<p>The council said in 2025 that the hall will have opened by January 5, 2026, and it was.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
        ),
        Example(why="still to come", html="<p>The hall will open on March 12, 2026.</p>", published_at=_DAY, now=_DAY),
    )


def _announcements(block: Block, language: str) -> Iterator[tuple[Block, Sentence, WrittenDate]]:
    if (
        "20" not in block.text
        or block.kind in ("quote", "headline", "table-cell")
        or "“" in block.text
        or not _FUTURE.search(block.text)
    ):
        return
    for sentence in sentences(block):
        future = _FUTURE.search(sentence.text)
        if future is None or _PAST.search(sentence.text):
            continue
        written = next((date for date in written_dates(sentence.text, language) if date.start > future.start()), None)
        if written is not None:
            yield block, sentence, written
