"""What the story announces has passed.

## Why it matters
A caption that says somebody "will visit on Monday, March 20, 2023", beside a story of the visit, makes the reader wonder
which is true.

## What is checked
A sentence in the future tense whose own whole date has passed: in captions, headings, standfirsts and notes of the desk, and
anywhere in an article that was changed on a later day than it was published, after the date. Before, the report says when it
falls due. Languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Japanese.

## Known limits
Plain stories that nobody changed since are history and are left alone. Dates without a year are not read, nor those more than a
year before the article; quotations are left alone, and so are sentences that report what was said before ("had said", "until").
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.dates import WrittenDate, written_dates
from rules.core.findings import Finding, Place, Severity
from rules.core.phrases import languages, phrases
from rules.core.rule import Context, Example, NotRunError, Rule
from rules.core.sentences import Sentence, sentences

_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
DAY_AFTER = timedelta(days=1)
VERB_LAST = frozenset({"ja"})  # languages whose verb closes the sentence


class PassedDate(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 4
    languages: ClassVar = languages("passed-date")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each announcement."""
        context.spend(6 * len(article.text))
        found = [item for block in article.blocks for item in _announcements(block, article.language)]
        if not found:
            return
        touched = article.touched_at
        if touched is None:
            raise NotRunError("the article carries no date")
        zone = (article.published_at or touched).tzinfo  # the newsroom's; a time of change is often the system's
        for block, sentence, written in found:
            if written.date is None or written.date.year < touched.year - 1:
                continue
            passed_at = datetime.combine(written.date, time(0), zone) + DAY_AFTER
            furniture = _is_furniture(block, article.language)
            place = Place(block, sentence.start, sentence.end)
            if furniture and context.now < passed_at:
                context.expect(place.text, passed_at)
            elif context.now >= passed_at and (furniture or (_was_edited(article) and touched >= passed_at)):
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
            why="a note of the desk",
            html="<p>Rain fell.</p><p>⟦Update: the hall will open on January 12, 2026.⟧</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="French, in an article that was changed since",
            html="<p>⟦La salle ouvrira le lundi 12 janvier 2026.⟧ Il pleut.</p>",
            language="fr",
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


def _is_furniture(block: Block, language: str) -> bool:
    """Whether the block stands beside the story (a caption, a heading, a note of the desk) and is read as of today."""
    return block.kind in ("caption", "heading", "standfirst") or phrases("passed-date", "note", language).occurs(block.text)


def _was_edited(article: Article) -> bool:
    published, modified = article.published_at, article.metadata.modified_at
    return published is not None and modified is not None and modified.astimezone(published.tzinfo).date() > published.date()


def _announcements(block: Block, language: str) -> Iterator[tuple[Block, Sentence, WrittenDate]]:
    future, past = phrases("passed-date", "future", language), phrases("passed-date", "past", language)
    if "20" not in block.text or block.kind in ("quote", "headline", "table-cell") or any(mark in block.text for mark in "“„«"):
        return
    for sentence in sentences(block):
        if "20" not in sentence.text or past.occurs(sentence.text):
            continue
        start = next((start for start, _ in future.spans(sentence.text)), None)
        if start is None:
            continue
        after = 0 if language in VERB_LAST else start  # "will open on March 12": the date belongs to what follows the verb
        written = next((date for date in written_dates(sentence.text, language) if date.start >= after), None)
        if written is not None:
            yield block, sentence, written
