"""The dates of the article contradict one another.

## Why it matters
A story from tomorrow, or one that was changed before it was published, is sorted wrongly by every reader of the feed.

## What is checked
Modified more than a day before published; published or modified more than a day after now. And (a note) a line above the story
that says only when it was published (and when updated, and by the article's author), more than two days from every date of the
metadata.

## Known limits
Days of grace cover time zones and senders that give a day for a time. A date in a sentence, or alone, may be
the story's own. Without a date the
rule does not run.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

from rules.core.article import Article
from rules.core.dates import written_dates
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, NotRunError, Rule

TOP = 6  # blocks in which a dateline stands
DATELINE = 90  # characters: a date with its words
SHOWN_GRACE = timedelta(days=2)
_BEFORE = later(
    r"(?i)\W*(?:by (?P<author>[^\d]{2,40})\W)?(?:(?:first )?(?:published|posted)(?: on)?|"
    r"veröffentlicht(?: am)?|publié(?: le)?|publicado(?: el)?)\W*"
)
_AFTER = later(
    r"(?i)[\W\d]*(?:at )?[\W\d]*(?:[ap]\.?m\.?|uhr|h)?\W*(?:[a-z]{2,4}t|utc|gmt)?\W*"
    r"(?:(?:last )?(?:updated|modified)(?: on)?\W*)?"
)
_DIGITS = later(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
GRACE = timedelta(days=1)  # time zones, and senders that give a day for a time
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


class DateDisorder(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 3

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding for each of the three."""
        published, modified = article.published_at, article.metadata.modified_at
        if published is None:
            raise NotRunError("the article carries no date")
        if modified is not None and modified < published - GRACE:
            evidence = (f"published {published.date()}", f"modified {modified.date()}")
            yield Finding("The article was changed before it was published.", (), None, 0.95, evidence, subject="modified")
        if published > context.now + GRACE:
            evidence = (f"published {published.date()}", f"now {context.now.date()}")
            yield Finding("The article is from the future.", (), None, 0.95, evidence, subject="future")
        elif modified is not None and modified > context.now + GRACE:
            evidence = (f"modified {modified.date()}", f"now {context.now.date()}")
            yield Finding("The article was changed in the future.", (), None, 0.95, evidence, subject="future")
        known = [when.date() for when in (published, modified) if when is not None]
        for place, shown in _datelines(article):
            if all(abs(when - day) > SHOWN_GRACE for day in known for when in shown):
                evidence = (f"shown {shown[0]}", f"published {published.date()}")
                yield Finding("The date above the story is not the article's.", (place,), Severity.NOTE, 0.8, evidence)
                return

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
        Example(
            why="changed in the future",
            html="<p>Rain fell.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
            now=_DAY + timedelta(days=1),
            whole_input=True,
        ),
        Example(
            why="the dateline was copied",
            html="<h1>Flood</h1><p>⟦Published March 5, 2025⟧</p><p>Rain fell.</p>",
            published_at=_DAY,
        ),
        Example(
            why="the dateline fits, in another zone, and a date in a sentence is the story's",
            html="<h1>Flood</h1><p>Published January 11, 2026, 3 a.m.</p><p>On March 5, 2025, rain fell.</p>",
            published_at=_DAY,
        ),
        Example(
            why="by whom, and as machines write it",
            html="<head><meta name='author' content='Ada Bell'></head><h1>Flood</h1><p>⟦By Ada Bell | Published 2025-03-05⟧</p>"
            "<p>Rain fell.</p>",
            published_at=_DAY,
        ),
        Example(
            why="when the book came out that is reviewed",
            html="<head><meta name='author' content='Ada Bell'></head><h1>Rivers</h1><p>By Cal Dee. Published March 5, 2025</p>"
            "<p>Rain falls on every page.</p>",
            published_at=_DAY,
        ),
        Example(
            why="with the day of an update",
            html="<h1>Flood</h1><p>⟦PUBLISHED: March 5, 2025 | UPDATED: March 6, 2025⟧</p><p>Rain fell.</p>",
            published_at=_DAY,
        ),
        Example(
            why="the update is the article's date",
            html="<h1>Flood</h1><p>PUBLISHED: March 5, 2025 | UPDATED: January 10, 2026</p><p>Rain fell.</p>",
            published_at=_DAY,
        ),
        Example(
            why="a date alone may be the story's own",
            html="<h1>Flood</h1><p>March 5, 2025</p><p>Rain fell.</p>",
            published_at=_DAY,
        ),
        Example(why="a few hours", html="<p>Rain fell.</p>", published_at=_DAY, modified_at=_DAY - timedelta(hours=9), now=_DAY),
    )


def _datelines(article: Article) -> Iterator[tuple[Place, list[date]]]:
    """Lines above the story that say when it was published, and nothing else than by whom and when updated; and their days."""
    for block in article.blocks[:TOP]:
        if block.kind in ("headline", "caption", "embed") or len(block.text) > DATELINE:
            continue
        written = [(day.start, day.end, day.date) for day in written_dates(block.text, article.language)]
        found = written or list(_in_digits(block.text))
        days = [day for _, _, day in found if day is not None]
        if len(days) not in (1, 2) or len(days) != len(found):
            continue
        between = [block.text[one[1] : other[0]] for one, other in pairwise(found)]
        before, after = _BEFORE.fullmatch(block.text[: found[0][0]]), block.text[found[-1][1] :]
        if before is None or not _is_author(before["author"], article):
            continue
        if all(_AFTER.fullmatch(text) for text in (*between, after)):
            yield Place(block, 0, len(block.text)), days


def _is_author(name: str | None, article: Article) -> bool:
    """Whether the line names nobody, or who wrote the article, not the book that it reviews."""
    return name is None or name.strip(" .,|–—-").casefold() in (article.metadata.byline or "").casefold()


def _in_digits(text: str) -> Iterator[tuple[int, int, date | None]]:
    """Dates as machines write them, year first."""
    for match in _DIGITS.finditer(text):
        try:
            yield match.start(), match.end(), date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            yield match.start(), match.end(), None
