"""A day is named as "today", and the reader can no longer tell which day that is.

## Why it matters
A story that was published on Monday and changed on Thursday says "today": the reader cannot tell which.

## What is checked
"Today", "tonight", "yesterday" and "tomorrow" outside quotations, in an article that was changed on a later day than it was
published; one finding for the article.

## Known limits
"Today" in the sense of nowadays ("today's Europe", "even today") is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule

_DAY_WORD = re.compile(r"\b(?<!even )(?<!of )(?<!until )(today|tonight|yesterday|tomorrow)(?!['’]s|-)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:said|says|announced|will|met|told|voted|arrived|died|began|begins|opened|was|were|is set|confirmed|reported)\b"
)
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
SHOWN = 3


@dataclass(frozen=True)
class RelativeDay(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first such word, with the others as evidence."""
        published, modified = article.published_at, article.metadata.modified_at
        if published is None or modified is None or modified.date() <= published.date() or article.kind == "live-blog":
            return  # without both dates there is nothing to be told apart
        context.spend(4 * len(article.text))
        quoted = {(quote.block.index, at) for quote in article.quotations for at in range(quote.start, quote.end)}
        places = [
            Place(block, match.start(1), match.end(1))
            for block in article.prose
            for sentence in article.sentences(block)
            if _VERB.search(sentence.text)
            for match in _DAY_WORD.finditer(block.text, sentence.start, sentence.end)
            if (block.index, match.start(1)) not in quoted
        ]
        if places:
            words = ", ".join(dict.fromkeys(f"“{place.text}”" for place in places[:SHOWN]))
            evidence = (f"published {published.date()}, changed {modified.date()}", f"{words}, {len(places)} in all")
            yield Finding(f"“{places[0].text.capitalize()}” no longer says which day.", (places[0],), None, 0.8, evidence)

    examples: ClassVar = (
        Example(
            why="changed three days later",
            html="<p>The council voted ⟦today⟧ to close the bridge.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=3),
        ),
        Example(
            why="the same day",
            html="<p>The council voted today to close the bridge.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(hours=3),
        ),
        Example(
            why="a quotation, and nowadays",
            html="<p>“We voted today,” she said. Today's council was elected in May, and even today was proud of it.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=3),
        ),
    )
