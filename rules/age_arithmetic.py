"""A count of years or months does not add up, or no longer can.

## Why it matters
"20 years ago, in 1999" was right once, and was copied. "Over 10 months ago" says nothing to a reader who is not told from when.

## What is checked
"N years ago" or decades, in digits or words, beside a year (before or after it) and "N months ago" beside a month and year in
the same clause, and an age beside the year of birth, reckoned from the article's own date. A rough count of weeks or months
("over 10 months ago") where neither the sentence nor the page shows a date to count from: at once in an article without any
date, else (a note) once such a week or month has passed since.

## Known limits
One year or month either way is left alone: birthdays, and years that are not over. "About", "nearly" and round numbers of years
allow for more. What somebody says in quotation marks is left alone, and so is what adds up from another year of its sentence.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.dates import written_dates
from rules.core.findings import Finding, Place, Severity
from rules.core.numerals import SPELLED
from rules.core.patterns import later
from rules.core.phrases import table
from rules.core.rule import Context, Example, NotRunError, Rule

_LOOSE = "about|nearly|almost|around|some|over|more than|roughly|at least|under|just over|just under|approximately|less than"
_NUMBER = r"\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_COUNT = rf"(?P<count>\d{{1,3}}|(?i:{_NUMBER}|a))"
_COUNTED = {"a": 1} | SPELLED


def _pattern(written: str) -> re.Pattern[str]:
    """A pattern whose spaces are any white space: numbers are often tied to their units by one that does not break."""
    return later(written.replace(" ", r"\s"))


_AGO = _pattern(
    rf"\b(?P<loose>(?:{_LOOSE}) )?{_COUNT} (?P<unit>year|decade)s? ago,? (?:back )?(?:in )?\(?(?:in )?"
    r"(?P<year>(?:1[89]|20)\d\d)\b"
)
_IN_AGO = _pattern(
    rf"\b[Ii]n (?P<year>(?:1[89]|20)\d\d)(?:,| –| —| \() ?(?P<loose>(?:{_LOOSE}) )?{_COUNT} (?P<unit>year|decade)s? ago\b"
)
_MONTHS_AGO = _pattern(
    rf"\b(?P<loose>(?:{_LOOSE}) )?{_COUNT} months? ago,? \(?(?:in )?(?P<month>[A-Z][a-z]+)\.? (?P<year>20\d\d)\b"
)
_IN_MONTHS_AGO = _pattern(
    rf"\b[Ii]n (?P<month>[A-Z][a-z]+)\.? (?P<year>20\d\d)(?:,| –| —| \() ?(?P<loose>(?:{_LOOSE}) )?{_COUNT} months? ago\b"
)
_BORN = _pattern(
    r"\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}, (?:aged )?(?P<count>\d{1,3}), (?:who )?was born "
    r"(?:on (?:[A-Z]\w+\.? \d{1,2}, |\d{1,2}(?:st|nd|rd|th)? (?:of )?[A-Z]\w+,? )|in (?:[A-Z]\w+,? )?)(?P<year>(?:19|20)\d\d)\b"
)
_BORN_IS = _pattern(r"\(born (?:in )?(?P<year>(?:19|20)\d\d)\),? (?:is|now) (?P<count>\d{1,3})(?=[.,;)]| and | years old)")
_PATTERNS = (
    (_AGO, "years", "ago"),
    (_IN_AGO, "years", "ago"),
    (_MONTHS_AGO, "months", "month"),
    (_IN_MONTHS_AGO, "months", "month"),
    (_BORN, "age", "born"),
    (_BORN_IS, "age", "born"),
)
_ROUGH = _pattern(rf"\b(?:{_LOOSE}|well over) (?:{_NUMBER}) (?P<unit>month|week)s ago\b")
_DATED = later(r"\b(?:19|20)\d\d\b")
UNITS = {"month": timedelta(days=31), "week": timedelta(days=7)}
SLACK = 1  # years, or months
DECADE = 10
TOP = 6  # blocks in which a dateline stands
DATELINE = 15  # words; a longer block is prose
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


class AgeArithmetic(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each count that does not add up, then the first rough one that hangs in the air."""
        context.spend(8 * len(article.text))
        found = [item for block in article.prose for item in _counts(block) if not article.is_quoted(block, item[1].start())]
        rough = next(_rough(article), None)
        if found and article.published_at is None:
            raise NotRunError("the article carries no date")
        for place, message, published in _wrong(found, article):
            yield Finding(message, (place,), None, 0.9, (f"published {published}",))
        if rough is not None and not _shows_a_date(article):
            yield from _in_the_air(*rough, article, context)

    examples: ClassVar = (
        Example(
            why="copied from an old story", html="<p>It burned ⟦23 years ago, in 1999⟧, to the ground.</p>", published_at=_DAY
        ),
        Example(
            why="months",
            html="<p>The siege began ⟦10 months ago, in May 2024⟧, with a raid.</p>",
            published_at=_DAY,
        ),
        Example(why="an age", html="<p>⟦Ada Bell, 34, was born in 1980⟧ in Norland.</p>", published_at=_DAY),
        Example(
            why="in words, decades, and the year first",
            html="<p>It was painted ⟦five years ago, in 2015⟧, and closed ⟦in 1984, 35 years ago⟧.</p><p>⟦A decade ago, in "
            "2009⟧, the roof was patched. She came ⟦in January 2025, six months ago⟧.</p>",
            published_at=_DAY,
        ),
        Example(
            why="an age and a whole day of birth, and in brackets",
            html="<p>⟦Ada Bell, 34, was born on 3 June 1979⟧. Cal Dee ⟦(born 1980) is 39⟧ and sings.</p>",
            published_at=_DAY,
        ),
        Example(
            why="decades are rough, and what is in another clause",
            html="<p>A decade ago, in 2013, it rained. In 2003, two decades ago, too. In 1984, and 35 years ago on the quay, "
            "it burned. Cal Dee (born 1980) is 39th.</p>",
            published_at=_DAY,
        ),
        Example(why="a quotation of its own day", html="<p>“It burned 23 years ago, in 1999,” she said.</p>", published_at=_DAY),
        Example(
            why="nothing says from when",
            html="<p>The occupation of the town began ⟦over 10 months ago⟧, the paper reported.</p>",
        ),
        Example(
            why="on its own day a reader can count",
            html="<p>The occupation of the town began over 10 months ago, the paper reported.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=2),
        ),
        Example(
            why="the page shows its date",
            html="<h1>Flood</h1><p><time>January 10, 2025</time></p><p>The siege began over 10 months ago.</p>",
            published_at=_DAY - timedelta(days=365),
        ),
        Example(
            why="it adds up",
            html="<p>It burned 27 years ago, in 1999, and 26 years ago (1999) again. Ada Bell, 34, was born in 1991.</p>",
            published_at=_DAY,
        ),
        Example(why="about", html="<p>It burned nearly 30 years ago, in 1999.</p>", published_at=_DAY),
        Example(
            why="told in another year",
            html="<p>In a letter of 2015 she said that it sank ten years ago, in 2005. The play is set in 1990, 20 years ago, as "
            "its hero says in 2010.</p>",
            published_at=_DAY,
        ),
        Example(
            why="another year of the sentence from which it does not add up",
            html="<p>The hall, which opened in 1970, burned ⟦23 years ago, in 1999⟧.</p>",
            published_at=_DAY,
        ),
        Example(
            why="a quotation", html="<p>“It began over 10 months ago,” she said.</p>", published_at=_DAY - timedelta(days=300)
        ),
    )


def _counts(block: Block) -> Iterator[tuple[Block, re.Match[str], str]]:
    for pattern, unit, word in _PATTERNS:
        for match in pattern.finditer(block.text) if word in block.text else ():
            yield block, match, unit


def _wrong(found: list[tuple[Block, re.Match[str], str]], article: Article) -> Iterator[tuple[Place, str, date]]:
    """Counts that differ from the article's own date by more than the slack."""
    published = article.published_at
    for block, match, unit in found if published else ():
        count, year = _count(match), int(match["year"])
        named = _month(match["month"]) if unit == "months" else 0
        if published is None or named is None:
            continue
        real = published.year - year if unit != "months" else (published.year - year) * 12 + published.month - named
        if unit != "age" and match["loose"]:
            continue
        slack = SLACK
        if unit == "years" and count % DECADE == 0:
            slack += 2 if match["unit"] == "decade" else 1
        if abs(real - count) <= slack or (
            unit != "months" and _adds_up_from(_other_years(article, block, match), count + year, slack)
        ):
            continue
        said = (
            f"Born in {year}: {real} at most, not {count}."
            if unit == "age"
            else f"That was {real} {unit} before the article, not {count}."
        )
        yield Place(block, match.start(), match.end()), said, published.date()


def _other_years(article: Article, block: Block, match: re.Match[str]) -> Iterator[int]:
    """The other years of the sentence: "Writing in 2016, he said that it closed a decade ago, in 2006"."""
    for sentence in article.sentences(block):
        if sentence.start <= match.start() < sentence.end:
            yield from (int(year[0]) for year in _DATED.finditer(block.text, sentence.start, match.start()))
            yield from (int(year[0]) for year in _DATED.finditer(block.text, match.end(), sentence.end))


def _adds_up_from(years: Iterator[int], told: int, slack: int) -> bool:
    return any(abs(year - told) <= slack for year in years)


def _count(match: re.Match[str]) -> int:
    """The count in years or months, whichever it has."""
    count = _COUNTED.get(match["count"].lower()) or int(match["count"])
    return count * DECADE if match.groupdict().get("unit") == "decade" else count


def _month(name: str) -> int | None:
    """The number of a month by its name."""
    lists = table("dates", "en")
    return next((lists[key].index(name.lower()) + 1 for key in ("months", "short_months") if name.lower() in lists[key]), None)


def _rough(article: Article) -> Iterator[tuple[Block, re.Match[str]]]:
    """Rough counts of weeks or months outside quotations, in sentences that give no year."""
    for block in article.prose if "ago" in article.text else ():
        for match in _ROUGH.finditer(block.text) if "ago" in block.text else ():
            sentence = next((s for s in article.sentences(block) if s.start <= match.start() < s.end), None)
            if sentence is not None and not article.is_quoted(block, match.start()) and not _DATED.search(sentence.text):
                yield block, match


def _shows_a_date(article: Article) -> bool:
    """Whether a reader sees when the story was written: a ``<time>`` or a dateline above it."""
    shown = article.root is not None and any(node.text_content().strip() for node in article.root.iter("time"))
    return shown or any(
        written_dates(block.text, article.language)
        for block in article.blocks[:TOP]
        if block.words <= DATELINE and block.kind not in ("caption", "headline")
    )


def _in_the_air(block: Block, match: re.Match[str], article: Article, context: Context) -> Iterator[Finding]:
    place = Place(block, match.start(), match.end())
    touched = article.touched_at
    due = touched + UNITS[match["unit"]] if touched else context.now
    if due > context.now:
        context.expect(place.text, due)
        return
    evidence = ("no date stands in the sentence or above the story",)
    yield Finding("No date is shown from which a reader could count.", (place,), Severity.NOTE, 0.8, evidence)
