"""CSV for spreadsheets. What a stranger's page says is never a formula there."""

import csv
import io
from collections.abc import Iterable, Iterator

from service.exports.sheet import Report, Sheet

HEADS = (
    "path", "headline", "severity", "rule", "category", "message", "text", "line", "column", "count", "confidence",
    "checked_at", "fingerprint",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # OWASP, "CSV Injection"


def table(sheets: Iterable[Sheet]) -> Iterator[str]:
    """The head, then a row for each finding that nobody left alone."""
    yield _line(HEADS)
    for sheet in sheets:
        for finding in sheet.findings:
            yield _line(_cells(sheet, finding))


def harmless(value: object) -> str:
    """A cell's text; with an apostrophe before it where a spreadsheet would calculate it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _cells(sheet: Sheet, finding: Report) -> list[object]:
    span, report = finding["span"] or {}, sheet.report
    known = {
        "path": sheet.path,
        "headline": report["article"]["headline"],
        "line": span.get("line"),
        "column": span.get("column"),
        "checked_at": report["checked_at"],
    }
    return [known[name] if name in known else finding[name] for name in HEADS]


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()
