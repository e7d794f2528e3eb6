"""SARIF 2.1.0 (OASIS): for code scanning, editors and everything that reads what linters write.

Offsets and columns count code points. Suppressed findings stay, marked; what could not be read or did not run is named.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from rules.core import catalogue
from rules.core.errors import BadRuleError
from rules.core.report import ENGINE
from service.exports.sheet import Report, Sheet

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "copydesk/v1"
_URL_SAFE = "/:?#[]@!$&'()*+,;=%~"


def sarif(sheets: Iterable[Sheet]) -> Report:
    """One run over all the articles."""
    given = list(sheets)
    names = sorted({finding["rule"] for sheet in given for finding in sheet.report["findings"]})
    run = {
        "tool": {"driver": _driver(names)},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(given)],
        "artifacts": [_artifact(sheet) for sheet in given],
        "results": [_result(sheet, at, finding, names) for at, sheet in enumerate(given) for finding in sheet.report["findings"]],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def uri_of(path: str) -> str:
    """A path or an address as the URI that SARIF wants; a relative path stays one."""
    if path.startswith(("https://", "http://")):
        return quote(path, safe=_URL_SAFE)
    return ("file://" if PurePath(path).is_absolute() else "") + quote(path)


def _driver(names: Sequence[str]) -> Report:
    return {
        "name": "Copydesk",
        "version": ENGINE,
        "rules": [_rule(name) for name in names],
    }


def _rule(name: str) -> Report:
    """What the catalogue says of a rule; of one that it no longer has, the name alone."""
    try:
        rule = catalogue.find(name)
    except BadRuleError:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.help, "markdown": rule.help},
        "defaultConfiguration": {"level": rule.severity.word},
        "properties": {"tags": [rule.category], "version": rule.version, "since": rule.since},
    }


def _invocation(sheets: Sequence[Sheet]) -> Report:
    told = [
        _notice("error", sheet, at, sheet.report["error"]["reason"]) for at, sheet in enumerate(sheets) if sheet.report["error"]
    ]
    told += [
        _notice("note", sheet, at, f"{row['rule']} did not run: {row['reason']}.") | {"associatedRule": {"id": row["rule"]}}
        for at, sheet in enumerate(sheets)
        for row in sheet.report["not_run"]
    ]
    return {
        "executionSuccessful": not any(sheet.report["error"] for sheet in sheets),
        "endTimeUtc": max((sheet.report["checked_at"] for sheet in sheets), default="1970-01-01T00:00:00Z"),
        "toolExecutionNotifications": told,
    }


def _notice(level: str, sheet: Sheet, at: int, text: str) -> Report:
    return {"level": level, "message": {"text": text}, "locations": [{"physicalLocation": _place(sheet, at)}]}


def _artifact(sheet: Sheet) -> Report:
    report = sheet.report
    return {
        "location": {"uri": uri_of(sheet.path)},
        "properties": {"positionsIn": report["positions_in"], "complete": report["complete"], "ruleset": report["ruleset"]},
    }


def _place(sheet: Sheet, at: int) -> Report:
    return {"artifactLocation": {"uri": uri_of(sheet.path), "index": at}}


def _result(sheet: Sheet, at: int, finding: Report, names: Sequence[str]) -> Report:
    made: Report = {
        "ruleId": finding["rule"],
        "ruleIndex": names.index(finding["rule"]),
        "level": finding["severity"],
        "rank": round(finding["confidence"] * 100, 1),
        "message": {"text": finding["message"]},
        "locations": [_location(sheet, at, finding)],
        "partialFingerprints": {FINGERPRINT: finding["fingerprint"]},
        "occurrenceCount": finding["count"],
        "suppressions": _suppressions(finding["suppressed"]),
        "properties": {"category": finding["category"], "version": finding["version"], "evidence": finding["evidence"]},
    }
    if also := [span for span in finding["also"] if span]:
        made["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(sheet, at) | {"region": _region(sheet, span)}}
            for number, span in enumerate(also, 1)
        ]
    if finding["fix"]:
        made["fixes"] = [_fix(sheet, at, finding["fix"])]
    return made


def _location(sheet: Sheet, at: int, finding: Report) -> Report:
    place = _place(sheet, at)
    if finding["span"]:
        place["region"] = _region(sheet, finding["span"])
        place["region"]["snippet"] = {"text": finding["text"] if sheet.source is None else _cut(sheet.source, finding["span"])}
    made: Report = {"physicalLocation": place}
    if finding["xpath"]:
        made["logicalLocations"] = [{"fullyQualifiedName": finding["xpath"], "kind": "element"}]
    return made


def _region(sheet: Sheet, span: Report) -> Report:
    """Lines and columns with the offsets, where the source is at hand; a region that gives both must mean one stretch by both."""
    start, end = sheet.point(span["start"]), sheet.point(span["end"])
    region = {"charOffset": span["start"], "charLength": span["end"] - span["start"]}
    if start and end:
        lines = {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}
        return lines | region
    return {"startLine": span["line"], "startColumn": span["column"]} if "line" in span else region


def _suppressions(suppressed: Report | None) -> list[Report]:
    if not suppressed:
        return []
    kind = "inSource" if suppressed["by"] == "comment" else "external"
    made: Report = {"kind": kind, "properties": {"by": suppressed["by"]}}
    return [made | ({"justification": suppressed["reason"]} if suppressed["reason"] else {})]


def _fix(sheet: Sheet, at: int, fix: Report) -> Report:
    replacements = [
        {
            "deletedRegion": {"charOffset": edit["start"], "charLength": edit["end"] - edit["start"]},
            "insertedContent": {"text": edit["text"]},
        }
        for edit in fix["edits"]
    ]
    change: Report = _place(sheet, at) | {"replacements": replacements}
    return {"description": {"text": fix["title"]}, "artifactChanges": [change], "properties": {"safe": fix["safe"]}}


def _cut(source: str, span: dict[str, Any]) -> str:
    return source[span["start"] : span["end"]]
