"""Dates written out in a text with their year: "Monday, March 20, 2023", "Montag, 20.03.2023", "2023年3月20日(月)".

Only whole dates are read: a year left out would have to be guessed, and a guess is no ground for a finding.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain

from rules.core.phrases import table

_ORDINAL = r"(?:st|nd|rd|th|º|er|\.)?"
_YEAR = re.compile(r"(?:1[89]|20)\d\d")  # every form of a date has one, and few paragraphs have
REACH = 80  # characters of a date on either side of its year, at most: the longest form has fewer


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


def written_dates(text: str, language: str) -> list[WrittenDate]:
    """The dates of a text in one language, in order; none where the language is not known."""
    near = list(_near_years(text))
    names = _names(language) if near else None
    if names is None:
        return []
    made: list[WrittenDate] = []
    months, weekdays, patterns = names
    for pattern in patterns:
        for match in chain.from_iterable(pattern.finditer(text, start, end) for start, end in near):
            found = match.groupdict()
            month = months[(found["month"] or found["month2"]).lower().rstrip(".")]
            day, year = int(found["day"] or found["day2"]), int(found["year"])
            weekday = weekdays.get(found["weekday"].lower().rstrip(".")) if found["weekday"] else None
            made.append(WrittenDate(match.start(), match.end(), year, month, day, weekday))
    return sorted(made, key=lambda written: written.start)


def _near_years(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text around its years, in order and apart: only there is a date worth looking for."""
    start = end = 0
    for year in _YEAR.finditer(text):
        if year.start() - REACH > end:
            if end:
                yield start, end
            start = year.start() - REACH
        end = year.end() + REACH
    if end:
        yield start, end


@cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int], tuple[re.Pattern[str], ...]] | None:
    lists = table("dates", language)
    if not lists:
        return None
    months = {name: number for key in ("months", "short_months") for number, name in enumerate(lists.get(key, ()), 1)}
    months |= {f"{number:0{digits}}": number for number in range(100) for digits in (1, 2)}
    weekdays = {name: number for number, name in enumerate(lists["weekdays"])}
    weekdays |= {name: number for number, names in enumerate(lists.get("short_weekdays", ())) for name in names.split()}
    patterns = (_numbers(lists["numbers"][0], weekdays),) if "numbers" in lists else ()
    return months, weekdays, (_words(months, weekdays), *patterns) if "months" in lists else patterns


def _words(months: dict[str, int], weekdays: dict[str, int]) -> re.Pattern[str]:
    """A date with the month's name, its weekday before it or not."""
    month = _one_of(name for name in months if not name.isdigit())
    return _pattern(
        rf"(?:\b(?P<weekday>{_one_of(weekdays)})\b\.?(?: (?:morning|afternoon|evening|night))?,? \(?"
        rf"(?:(?:the|den|der|le|de|el|il|em|dia) )?)?"
        rf"(?:\b(?P<month>{month})\.? (?P<day>\d{{1,2}}){_ORDINAL},?|\b(?P<day2>\d{{1,2}}){_ORDINAL} (?:of |"
        rf"de |di )?(?P<month2>{month})\.?,?) "
        rf"(?:(?:de|del|of) )?(?P<year>(?:1[89]|20)\d\d)\b"
    )


def _numbers(form: str, weekdays: dict[str, int]) -> re.Pattern[str]:
    """A date in digits as the language writes it; ``form`` names the parts, so that no order has to be guessed."""
    parts = {
        "weekday": f"(?P<weekday>{_one_of(weekdays)})",
        "day": r"(?P<day>\d{1,2})(?P<day2>)",
        "month": r"(?P<month>\d{1,2})(?P<month2>)",
        "year": r"(?P<year>(?:1[89]|20)\d\d)",
    }
    return _pattern(form.format(**parts))


def _pattern(written: str) -> re.Pattern[str]:
    """A pattern whose spaces are also those that do not break: desks tie a day to its month with them."""
    return re.compile(written.replace(" ", "[ \u00a0\u202f]"), re.IGNORECASE)


def _one_of(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))
