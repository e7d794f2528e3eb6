"""A day is named as "today" or "on Tuesday", and the reader can no longer tell which day that is.

## Why it matters
A story that was published on Monday and changed on Thursday says "today": the reader cannot tell which.

## What is checked
"Today", "tonight", "yesterday", "tomorrow" and "this morning" outside quotations, in an article that was changed on a later day
than it was published; "last week" and "next month" once it was changed in another week, "on Tuesday" without a date once a week
lies between. One finding for the article. Languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Japanese.

## Known limits
Days are those of the article's own dates, in the offset of the first. "Today" in the sense of nowadays ("today's Europe", "even
today") is left alone, and so are words that are a day and a part of the day alike (German "morgen"). An article that does not say
when it was changed is not judged.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import lowered
from rules.core.phrases import languages, phrases
from rules.core.rule import Context, Example, NotRunError, Rule

_STRAIGHT = str.maketrans("’‘", "''")
_DAY = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)  # from then on the name of a weekday fits two days
SENTENCE = 400  # characters on each side within which a sentence's verb is looked for
SHOWN = 3


class RelativeDay(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"
    version: ClassVar = 4
    languages: ClassVar = languages("relative-day")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first such word, with the others as evidence."""
        published, modified = article.published_at, article.metadata.modified_at
        if published is None:
            raise NotRunError("the article carries no date")
        if modified is None:
            raise NotRunError("the article does not say when it was changed")
        changed = modified.astimezone(published.tzinfo)
        if changed.date() <= published.date() or article.kind == "live-blog":
            return
        context.spend(6 * len(article.text))
        lists = tuple(_lists(published, changed))
        places = [
            place
            for block in article.prose
            for place in _places(block, article.language, lists)
            if not article.is_quoted(block, place.start) and block.kind != "quote"
        ]
        if places:
            words = ", ".join(dict.fromkeys(f"“{place.text}”" for place in places[:SHOWN]))
            evidence = (f"published {published.date()}, changed {changed.date()}", f"{words}, {len(places)} in all")
            said = places[0].text
            yield Finding(f"“{said[0].upper()}{said[1:]}” no longer says which day.", (places[0],), None, 0.8, evidence)

    examples: ClassVar = (
        Example(
            why="changed three days later",
            html="<p>The council voted ⟦today⟧ to close the bridge.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=3),
        ),
        Example(
            why="a weekday fits two days a week later",
            html="<p>The council voted ⟦on Tuesday⟧ to close the bridge.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=8),
        ),
        Example(
            why="German",
            html="<p>Der Rat hat die Brücke ⟦gestern⟧ gesperrt.</p>",
            language="de",
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
            why="a weekday is clear for a week, and with its date for ever",
            html="<p>The council voted on Tuesday to close the bridge.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=3),
        ),
        Example(
            why="a quotation, and nowadays",
            html="<p>“We voted today,” she said. Today's council was elected in May, and even today was proud of it.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=3),
        ),
    )


def _lists(published: datetime, changed: datetime) -> Iterator[str]:
    """The lists of words that have become unclear between the two days."""
    yield from ("day", "now")
    if published.isocalendar()[:2] != changed.isocalendar()[:2]:
        yield "week"
    if (published.year, published.month) != (changed.year, changed.month):
        yield "month"
    if changed.date() - published.date() >= WEEK:
        yield "weekday"


def _places(block: Block, language: str, lists: tuple[str, ...]) -> Iterator[Place]:
    text = lowered(block.text.translate(_STRAIGHT))
    idioms = {at for span in phrases("relative-day", "idiom", language).spans(text) for at in range(*span)}
    found = sorted((start, end, name) for name in lists for start, end in phrases("relative-day", name, language).spans(text))
    for start, end, name in found:
        if not idioms.isdisjoint(range(start, end)):
            continue
        if _is_name(block.text, start):
            continue
        if name != "now" or phrases("relative-day", "news", language).occurs(_around(text, start)):
            yield Place(block, start, end)


def _is_name(text: str, at: int) -> bool:
    """Whether a word has a capital letter right after another word, as in Christianity Today."""
    return text[at].isupper() and text[max(0, at - 1) : at].isspace() and text[max(0, at - 2)].isalnum()


def _around(text: str, at: int) -> str:
    """The sentence around a place of a lower-case text: from one end mark to the next, as far as a sentence goes."""
    before, after = text[max(0, at - SENTENCE) : at], text[at : at + SENTENCE]
    return re.split(r"[.!?\n]", before)[-1] + re.split(r"[.!?\n]", after, maxsplit=1)[0]
