"""What the address asks of the queue: its tab, its filters, and the words in the search box."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reports.queue import TABS, Fault, Filter
from rules.core.findings import SEVERITIES

TIMES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
FIELDS = ("desk", "section", "source", "rule", "severity", "byline")
KEYS = (*FIELDS, "text", "is", "assigned")
LONGEST = 200  # characters of one value; a search for more finds nothing more
TERM = re.compile(r'(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))')

STATES = {"open": "open", "stands": "stands", "false-alarm": "false-alarm", "fixed": "fixed", "retired": "retired"}
IS_TAB = {"new": "new", "came-back": "back", "spreading": "spreading", "with-time": "timed", "snoozed": "snoozed", "done": "done"}
IS_WORDS = (*IS_TAB, *STATES, *SEVERITIES, "mine", "unassigned")


@dataclass(frozen=True)
class Asked:
    """The filter, and what of the search could not be understood, in words for its author."""

    chosen: Filter
    given: Mapping[str, str]
    query: str
    time: str
    page: int
    complaints: tuple[str, ...]

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab was asked for."""
        return bool(self.given or self.query or self.time or self.chosen.fault or self.chosen.articles)


def read_asked(args: Mapping[str, str], picked: Iterable[str], me: str, now: datetime) -> Asked:
    """The filter in an address. Whatever stands there, it is a filter: what makes no sense is told and left out."""
    tab = args.get("tab", "new")
    given = {name: args[name].strip()[:LONGEST] for name in FIELDS if args.get(name, "").strip()}
    time = args.get("time", "")
    chosen = Filter(
        tab=tab if tab in (*TABS, "all") else "new",
        since=now - TIMES[time] if time in TIMES else None,
        fault=_fault(args.get("fault", "")),
        articles=tuple(sorted({int(number) for number in picked if re.fullmatch(r"\d{1,9}", number)})),
    )
    if given.get("severity") not in (None, *SEVERITIES):
        del given["severity"]
    chosen = replace(chosen, **given)  # type: ignore[arg-type]
    query = args.get("q", "").replace("\0", "").strip()[:LONGEST]
    chosen, complaints = _search(chosen, query, me)
    page = args.get("page", "1")
    number = int(page) if re.fullmatch(r"\d{1,6}", page) else 1
    return Asked(chosen, given, query, time if time in TIMES else "", max(number, 1), complaints)


def fault_text(fault: Fault) -> str:
    """A fault as an address names it."""
    return f"{fault.source_id}.{'at-' if fault.place else ''}{fault.place or fault.text_hash}.{fault.rule}"


def _fault(text: str) -> Fault | None:
    found = re.fullmatch(r"(\d{1,9})\.(at-)?([0-9a-f]{32})\.([a-z0-9-]{1,64})", text)
    return Fault(int(found[1]), found[4], **{"place" if found[2] else "text_hash": found[3]}) if found else None


def _search(chosen: Filter, query: str, me: str) -> tuple[Filter, tuple[str, ...]]:
    """The filter with the search box's terms in it; the box wins over the fields."""
    words: list[str] = []
    complaints: list[str] = []
    for key, value in _terms(query):
        if not key:
            words.append(value)
        elif key not in KEYS:
            complaints.append(f"{key}: is no key. Known are {_listed(KEYS)}.")
        elif key == "is" and value not in IS_WORDS:
            complaints.append(f"is:{value} is not known. Known are {_listed(IS_WORDS)}.")
        elif key == "severity" and value not in SEVERITIES:
            complaints.append(f"A severity is one of {_listed(SEVERITIES)}.")
        else:
            chosen = _with(chosen, key, value, me)
    return replace(chosen, words=tuple(words)), tuple(complaints)


def _terms(query: str) -> Iterator[tuple[str, str]]:
    for found in TERM.finditer(query):
        key, quoted, plain = found.groups()
        value = quoted if quoted is not None else plain
        if value:
            yield key or "", value


def _with(chosen: Filter, key: str, value: str, me: str) -> Filter:
    if key == "assigned":
        return replace(chosen, assignee=me if value == "me" else value)
    if key != "is":
        return replace(chosen, **{key: value})  # type: ignore[arg-type]
    if value in IS_TAB:
        return replace(chosen, tab=IS_TAB[value])
    if value in SEVERITIES:
        return replace(chosen, severity=value)
    if value == "mine":
        return replace(chosen, assignee=me)
    if value == "unassigned":
        return replace(chosen, unassigned=True)
    return replace(chosen, tab="all", state=STATES[value])


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
