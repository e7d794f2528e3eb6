"""Workflow commands: the lines that GitHub Actions turns into annotations on a change."""

from collections.abc import Iterator

from service.exports.sheet import Report, Sheet

LEVEL = {"error": "error", "warning": "warning", "note": "notice"}
_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def annotations(sheet: Sheet) -> Iterator[str]:
    """A line for each finding; an input that could not be read is an error of its file."""
    if sheet.report["error"]:
        yield _command("error", {"file": sheet.path}, sheet.report["error"]["reason"])
    for finding in sheet.findings:
        place = {"file": sheet.path} | _place(sheet, finding["span"]) | {"title": f"copydesk: {finding['rule']}"}
        yield _command(LEVEL[finding["severity"]], place, finding["message"])


def _place(sheet: Sheet, span: Report | None) -> dict[str, int]:
    if span is None:
        return {}
    start, end = sheet.point(span["start"]), sheet.point(span["end"])
    if start is None or end is None:
        return {"line": span["line"], "col": span["column"]}
    if start.line != end.line:  # columns are only for annotations of one line
        return {"line": start.line, "endLine": end.line}
    return {"line": start.line, "endLine": end.line, "col": start.column, "endColumn": end.column}


def _command(level: str, properties: dict[str, str] | dict[str, str | int], text: str) -> str:
    given = ",".join(f"{name}={str(value).translate(_IN_PROPERTIES)}" for name, value in properties.items())
    return f"::{level} {given}::{text.translate(_IN_MESSAGES)}"
