"""Dates written out in a text with their year: "Monday, March 20, 2023", "lundi 20 mars 2023".

Only whole dates are read: a year left out would have to be guessed, and a guess is no ground for a finding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from rules.core.phrases import table

_ORDINAL = r"(?:st|nd|rd|th|º|er|\.)?"


@dataclass(frozen=True)
class WrittenDate:
    """A date in a text: where it stands (code points), its parts, and the weekday that the text gives it (Monday is 0)."""

    start: int
    end: int
    year: int
    month: int
    day: int
    weekday: int | None

    @property
    def date(self) -> date | None:
        """The day; None when the calendar has none such."""
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


def written_dates(text: str, language: str) -> Iterator[WrittenDate]:
    """The dates of a text in one language, in order; none where the language is not known."""
    names = _names(language)
    if names is None:
        return
    months, weekdays, pattern = names
    for match in pattern.finditer(text):
        found = match.groupdict()
        month = months[(found["month"] or found["month2"]).lower().rstrip(".")]
        day, year = int(found["day"] or found["day2"]), int(found["year"])
        weekday = weekdays.get(found["weekday"].lower()) if found["weekday"] else None
        yield WrittenDate(match.start(), match.end(), year, month, day, weekday)


@cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int], re.Pattern[str]] | None:
    lists = table("dates", language)
    if not lists:
        return None
    months = {name: number for key in ("months", "short_months") for number, name in enumerate(lists[key], 1)}
    weekdays = {name: number for number, name in enumerate(lists["weekdays"])}
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    weekday = "|".join(map(re.escape, weekdays))
    pattern = re.compile(
        rf"(?:\b(?P<weekday>{weekday})\b,? (?:(?:the|den|der|le|de|el|il|em) )?)?"
        rf"(?:\b(?P<month>{month})\.? (?P<day>\d{{1,2}}){_ORDINAL},?|\b(?P<day2>\d{{1,2}}){_ORDINAL} (?:of |"
        rf"de |di )?(?P<month2>{month})\.?,?) "
        rf"(?:(?:de|del|of) )?(?P<year>(?:1[89]|20)\d\d)\b",
        re.IGNORECASE,
    )
    return months, weekdays, pattern
