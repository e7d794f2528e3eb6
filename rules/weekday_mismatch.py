"""A weekday does not fit its date, or the date does not exist.

## Why it matters
"Tuesday, March 20, 2023" was a Monday. Whoever plans by it comes on the wrong day.

## What is checked
Whole dates with their year and a weekday ("Monday, March 20, 2023", "Monday night (March 20, 2023)"), and dates that no
calendar has ("February 30, 2024").

## Known limits
Dates without a year are not judged, nor dates before 1924, when calendars differed. What a block quotation says is left alone,
and so is a weekday that ends a range of days or stands in a list of closing days; dates in digits count only with their weekday.
Languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Japanese.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.dates import WrittenDate, written_dates
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.phrases import languages
from rules.core.rule import Context, Example, Rule

FROM_YEAR = 1924  # before, calendars differ from country to country: Greece changed in 1923
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RANGE = later(  # a weekday's name, and a word that leads to the last day
    r"(?:days?|tag|di|dag|nes|tes|ves|bado|mingo|feira|dì) ?(?:\b(?:to|through|till|bis|au|al|a|ao|tot|t/m)|[–-])"
    r" ?(?:le |el |à )?$",
    re.IGNORECASE,
)
_NEXT = later(r",? (?:and|und|et|y|e|en) (?:the |le |el |am |il |op )?\d")
_DENIED = later(
    r"\bno such (?:day|date)\b|\b(?:does|did) ?n[o'’]?t exist\b|\bnever existed\b|\b(?:not|no) a? ?leap year\b", re.IGNORECASE
)
_NAME = later(  # "v Sheffield Wednesday", whose day is part of the name
    r"(?<=[a-z,] )(?!Easter|Good|Black|Palm|Shrove|Ash|Holy|Whit|Super|Cyber)[A-Z][a-z]+ $"
)
REACH = 30  # characters before a weekday in which a range of days begins


class WeekdayMismatch(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 4
    languages: ClassVar = languages("dates")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each date that cannot be."""
        context.spend(6 * len(article.text))
        for block in article.blocks:
            for written in written_dates(block.text, article.language):
                if written.year < FROM_YEAR or block.kind == "quote":
                    continue
                place = Place(block, written.start, written.end)
                if written.date is None and _DENIED.search(block.text):
                    continue
                if written.date is None:
                    yield Finding("There is no such date.", (place,), None, 0.97, ("no calendar has it",))
                elif written.weekday not in (None, written.date.weekday()) and not _is_no_weekday(article, block, written):
                    right = _DAYS[written.date.weekday()]
                    yield Finding(f"The weekday does not fit: that day is a {right}.", (place,), None, 0.95, (str(written.date),))

    examples: ClassVar = (
        Example(why="a Monday", html="<p>They met on ⟦Tuesday, March 20, 2023⟧, in Moscow.</p>"),
        Example(
            why="a night, and in brackets",
            html="<p>They met on ⟦Tuesday night, March 20, 2023⟧, and ⟦Friday (March 24, 2024⟧).</p>",
        ),
        Example(why="a night that fits", html="<p>They met on Monday night, March 20, 2023, and Friday (March 24, 2023).</p>"),
        Example(why="no such day", html="<p>The lease ended on ⟦February 30, 2024⟧.</p>"),
        Example(why="German", html="<p>Am ⟦Dienstag, 20. März 2023⟧ war Markt.</p>", language="de"),
        Example(why="in digits, as German writes them", html="<p>Am ⟦Dienstag, 20.03.2023⟧, war Markt.</p>", language="de"),
        Example(why="Japanese", html="<p>式は⟦2023年3月20日(火)⟧に開かれた。</p>", language="ja"),
        Example(
            why="a calendar of another age",
            html="<p>It was signed on Friday, July 4, 1776, and on Wednesday 25 October 1917.</p>",
        ),
        Example(why="it fits", html="<p>They met on Monday, March 20, 2023, and again on 21 March 2023.</p>"),
        Example(
            why="the end of a week's range, and a closing day before the holidays",
            html="<p>Open Tuesday to Sunday, June 1, 2026, to fall.</p><p>Closed on Monday, 25 December 2026 and 1 May 2027.</p>",
        ),
        Example(
            why="a club’s name, and a date that the story says is none",
            html="<p>They had not won since Leeds United v Sheffield Wednesday, 21 November 1998.</p><p>The cheque was dated 31 "
            "September 2024, a day that does not exist.</p><p>It was shut on Easter ⟦Monday, March 19, 2023⟧.</p>",
        ),
        Example(why="without a year", html="<p>They met on Tuesday, March 20.</p>"),
    )


def _is_no_weekday(article: Article, block: Block, written: WrittenDate) -> bool:
    """Whether the weekday before the date ends a range of days, is one of a list of days and dates, or ends a club's name."""
    before = block.text[max(0, written.start - REACH) : written.start]
    is_name = article.language == "en" and _NAME.search(before) is not None
    return is_name or _RANGE.search(before) is not None or _NEXT.match(block.text, written.end) is not None
