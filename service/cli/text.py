"""A report as an editor reads it in a terminal: the passage, the mark under it, the reason."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from rules.core.findings import SEVERITIES

LINES_SHOWN = 8  # of one passage; a flagged chapter would push everything else off the screen
CONTEXT = 64  # characters of prefix and suffix in a report; a full one was cut somewhere in a word
COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
Report = dict[str, Any]
# What would move the cursor, colour the screen or turn the reading direction round is shown as a replacement character.
_BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 0x2029]
_HARMLESS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *_BIDI], "\ufffd") | {0x09: " ", 0x0D: " ", 0x0A: "\n"}


@dataclass(frozen=True)
class Passage:
    """A stretch of text of which ``start`` to ``end`` is marked."""

    text: str
    start: int
    end: int

    def rows(self, width: int) -> Iterator[str]:
        """The text, wrapped, with a row of ^ under every row that holds part of the mark."""
        rows = list(_wrap(self.text, width))
        for number, (start, end) in enumerate(rows):
            if number == LINES_SHOWN and len(rows) > LINES_SHOWN + 1:
                yield f"… {len(rows) - number} more lines"
                return
            yield self.text[start:end]
            if marked := _shared(start, end, self.start, self.end):
                yield " " * _cells(self.text[start : marked[0]]) + "^" * _cells(self.text[slice(*marked)])


def render_report(report: Report, width: int) -> str:
    """One report, ending in a blank line; nothing for an article with nothing to say about."""
    if report["error"] is not None:
        return ""
    findings = [finding for finding in report["findings"] if not finding["suppressed"]]
    if not findings and not report["upcoming"]:
        return ""
    rows = [_title(report, width), ""]
    for finding in findings:
        rows += [*_finding(finding, width - 4), ""]
    rows += [*_remarks(report), ""] if report["upcoming"] or report["not_run"] else []
    return "\n".join(rows)


def render_sources(made: Report, width: int) -> str:
    """Who a story rests on: a line for each source, its passages under it, and the sentences that nobody answers for."""
    title = "  ".join(printable(part or "").replace("\n", " ") for part in (made["path"], made["headline"]) if part)
    rows = [click.style(title, bold=True), ""]
    if made["language"] != "en":
        return "\n".join([*rows, f"  Sources are read in English; this story is in {made['language']}.", ""])
    for source in made["sources"]:
        rows += _source(source, width - 4)
    if not made["sources"]:
        rows += ["  No source is clear in this story.", ""]
    if made["unanswered"]:
        share = made["unanswered_words"] / max(made["words"], 1)
        sentences = _count(len(made["unanswered"]), "sentence")
        rows.append(click.style(f"  Nobody answers for {sentences}, {share:.0%} of the story", bold=True))
        rows += [f"    {row}" for item in made["unanswered"] for row in _first_row(item["text"], width - 4)]
        rows.append("")
    return "\n".join(rows)


def _source(source: Report, width: int) -> Iterator[str]:
    mark = "  anonymous" if source["anonymous"] else "  nobody who could be asked" if source["crowd"] else ""
    counts = f"{_count(source['statements'], 'statement')}, {source['direct']} quoted, {source['share']:.0%} of the story"
    name = click.style(f"  {printable(' '.join(source['name'].split()))}", bold=True)
    yield f"{name}  {counts}{click.style(mark, fg=COLOURS['warning'])}"
    for passage in source["passages"]:
        kind = "" if passage["kind"] == "statement" else f" ({passage['kind']})"
        cue = f"{passage['cue']}{kind}: " if passage["cue"] else ""
        yield from (f"    {row}" for row in _first_row(cue + passage["text"], width))
    yield ""


def _first_row(text: str, width: int) -> Iterator[str]:
    """As much of a passage as one row holds."""
    line = " ".join(printable(text).split())
    for start, end in _wrap(line, width - 2):
        yield line[start:end] + (" …" if end < len(line) else "")
        return


def render_summary(reports: Sequence[dict[str, int]], unread: int) -> str:
    """The last line, such as ``2 errors and 1 note in 3 articles.``."""
    totals = {word: sum(counts[word] for counts in reports) for word in SEVERITIES}
    parts = [click.style(_count(number, word), fg=COLOURS[word], bold=True) for word, number in totals.items() if number]
    found = f"{_join(parts) or 'No findings'} in {_count(len(reports), 'article')}."
    return f"{found} {_count(unread, 'input')} could not be read." if unread else found


def printable(text: str) -> str:
    """The text with everything a terminal would obey made visible; as long as before."""
    return text.translate(_HARMLESS)


def _title(report: Report, width: int) -> str:
    headline = " ".join(printable(report["article"]["headline"] or "").split())
    path = printable(report["path"] or "").replace("\n", "\ufffd")
    line = f"{path}  {headline}" if headline else path
    return click.style(line if _cells(line) <= width else f"{path}\n{headline}", bold=True)


def _finding(finding: Report, width: int) -> Iterator[str]:
    severity = finding["severity"]
    where = f"  line {finding['span']['line']}, column {finding['span']['column']}" if finding["span"] else ""
    yield f"  {click.style(severity, fg=COLOURS[severity], bold=True)}  {finding['rule']}{click.style(where, dim=True)}"
    for row in _passage(finding).rows(width) if finding["text"] else ():
        is_mark = row.strip(" ^") == "" and "^" in row
        yield "    " + (click.style(row, fg=COLOURS[severity], bold=True) if is_mark else row)
    yield f"  {printable(finding['message'])}"
    if not finding["text"] and finding["evidence"]:  # of a picture or a link: what it is
        yield click.style(f"  {printable('; '.join(finding['evidence']))}", dim=True)


def _passage(finding: Report) -> Passage:
    before, text, after = (printable(finding[name]) for name in ("prefix", "text", "suffix"))
    if len(before) >= CONTEXT:
        before = "… " + before.partition(" ")[2]
    if len(after) >= CONTEXT:
        after = after.rpartition(" ")[0] + " …"
    return Passage(before + text + after, len(before), len(before) + len(text))


def _remarks(report: Report) -> Iterator[str]:
    for item in report["upcoming"]:
        yield click.style(f"  From {item['due_at']} on: {item['rule']}, “{printable(item['text'])}”", dim=True)
    for item in report["not_run"]:
        yield click.style(f"  Not run: {item['rule']}, for {printable(item['reason'])}", dim=True)


def _wrap(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where each row starts and ends: at line feeds, and between words when a row is full."""
    at = 0
    for line in text.split("\n"):
        start, end = at, at + len(line)
        while _cells(text[start:end]) > width:
            cut = _break(text, start, end, width)
            yield start, cut
            start = cut + (text[cut] == " ")
        if start < end:
            yield start, end
        at = end + 1


def _break(text: str, start: int, end: int, width: int) -> int:
    """The last space that leaves at most ``width`` columns, else the column itself."""
    cells, at = 0, start
    while at < end and cells + _cells(text[at]) <= width:
        cells += _cells(text[at])
        at += 1
    space = text.rfind(" ", start, at + 1)
    return space if space > start else max(at, start + 1)


def _cells(text: str) -> int:
    """Columns on a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Cf")
        else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _shared(start: int, end: int, other_start: int, other_end: int) -> tuple[int, int] | None:
    low, high = max(start, other_start), min(end, other_end)
    return (low, high) if low < high else None


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _join(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
