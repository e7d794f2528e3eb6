"""The dates of the article contradict one another.

## Why it matters
A story from tomorrow, or one that was changed before it was published, is sorted wrongly by every reader of the feed.

## What is checked
Modified more than a day before published; published more than a day after now.

## Known limits
A day of grace covers time zones. Without a date the rule does not run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, NotRunError, Rule

GRACE = timedelta(days=1)  # time zones, and senders that give a day for a time
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class DateDisorder(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding for each of the two."""
        published, modified = article.published_at, article.metadata.modified_at
        if published is None:
            raise NotRunError("the article carries no date")
        if modified is not None and modified < published - GRACE:
            evidence = (f"published {published.date()}", f"modified {modified.date()}")
            yield Finding("The article was changed before it was published.", (), None, 0.95, evidence, subject="modified")
        if published > context.now + GRACE:
            evidence = (f"published {published.date()}", f"now {context.now.date()}")
            yield Finding("The article is from the future.", (), None, 0.95, evidence, subject="future")

    examples: ClassVar = (
        Example(
            why="changed before it was published",
            html="<p>Rain fell.</p>",
            published_at=_DAY,
            modified_at=_DAY - timedelta(days=40),
            now=_DAY + timedelta(days=1),
            whole_input=True,
        ),
        Example(
            why="from the future", html="<p>Rain fell.</p>", published_at=_DAY + timedelta(days=9), now=_DAY, whole_input=True
        ),
        Example(why="a few hours", html="<p>Rain fell.</p>", published_at=_DAY, modified_at=_DAY - timedelta(hours=9), now=_DAY),
    )
