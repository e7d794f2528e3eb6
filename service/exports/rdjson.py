"""The Reviewdog Diagnostic Format (rdjson): for reviewdog, which comments on a change where it happened.

Its columns count bytes of UTF-8, so they are given only where the source is at hand; a suggestion needs them too.
"""

from collections.abc import Iterable

from service.exports.sheet import Report, Sheet

SEVERITY = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def rdjson(sheets: Iterable[Sheet]) -> Report:
    """One result over all the articles; an input that could not be read is an error at its path."""
    return {"source": {"name": "copydesk"}, "diagnostics": [row for sheet in sheets for row in _diagnostics(sheet)]}


def _diagnostics(sheet: Sheet) -> Iterable[Report]:
    if sheet.report["error"]:
        yield {"message": sheet.report["error"]["reason"], "location": {"path": sheet.path}, "severity": "ERROR"}
    for finding in sheet.findings:
        location: Report = {"path": sheet.path}
        if finding["span"]:
            location["range"] = _range(sheet, finding["span"])
        yield {
            "message": finding["message"],
            "location": location,
            "severity": SEVERITY[finding["severity"]],
            "code": {"value": finding["rule"]},
            "suggestions": _suggestions(sheet, finding["fix"]),
        }


def _range(sheet: Sheet, span: Report) -> Report:
    start, end = sheet.point(span["start"]), sheet.point(span["end"])
    if start is None or end is None:
        return {"start": {"line": span["line"]}}
    return {
        "start": {"line": start.line, "column": start.byte_column},
        "end": {"line": end.line, "column": end.byte_column},
    }


def _suggestions(sheet: Sheet, fix: Report | None) -> list[Report]:
    if fix is None or sheet.source is None:
        return []
    return [{"range": _range(sheet, edit), "text": edit["text"]} for edit in fix["edits"]]
