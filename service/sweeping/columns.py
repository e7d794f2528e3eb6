"""The two tables that reports become: a row for each record of the archive, and a row for each finding.

A column is named as its key in the report, an object's keys joined to it by ``_`` (``span_line``); those of ``article``
stand without it. What is a list stays one. Nothing is left out but ``schema``, which each file says in its metadata, and
``gate``, which only a source has.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from rules.core.report import SCHEMA

Row = dict[str, Any]

TEXT, INTEGER, NUMBER, TIME = pa.string(), pa.int32(), pa.int64(), pa.timestamp("us", tz="UTC")
WORD = pa.dictionary(pa.int32(), pa.string())  # one of a few: a category for pandas, an enumeration to filter by
STRETCH = pa.struct({"start": INTEGER, "end": INTEGER})
PASSAGE = pa.struct({"start": INTEGER, "end": INTEGER, "text": TEXT})

_IDENTITY = {"record": NUMBER, "path": TEXT, "url": TEXT}  # in both tables; "record" counts the archive's from 1 and joins them
_ARTICLE = {
    "headline": TEXT, "byline": TEXT, "published_at": TIME, "modified_at": TIME, "language": WORD, "kind": WORD, "words": INTEGER,
    "zone_assumed": pa.bool_(),
}  # fmt: skip
_MADE = {
    "engine": WORD, "ruleset": WORD, "checked_at": TIME, "complete": pa.bool_(), "error_reason": TEXT, "positions_in": WORD,
    "summary_error": INTEGER, "summary_warning": INTEGER, "summary_note": INTEGER,
}  # fmt: skip
_LISTS = {
    "upcoming": pa.list_(pa.struct({"rule": TEXT, "text": TEXT, "due_at": TIME})),
    "attributions": pa.list_(pa.struct({"kind": TEXT, "type": TEXT, "source": PASSAGE, "cue": PASSAGE, "content": PASSAGE})),
    "not_run": pa.list_(pa.struct({"rule": TEXT, "reason": TEXT})),
    "suppressions": pa.list_(pa.struct({"rule": TEXT, "line": INTEGER, "reason": TEXT, "known": pa.bool_(), "used": pa.bool_()})),
}
_FINDING = {
    "rule": WORD, "version": INTEGER, "category": WORD, "kind": WORD, "severity": WORD, "confidence": pa.float64(),
    "message": TEXT, "evidence": pa.list_(TEXT), "text": TEXT, "prefix": TEXT, "suffix": TEXT,
    "block_index": INTEGER, "block_kind": WORD, "block_text": TEXT,
    "span_start": INTEGER, "span_end": INTEGER, "span_line": INTEGER, "span_column": INTEGER,
    "position_note": TEXT, "xpath": TEXT, "count": INTEGER, "also": pa.list_(STRETCH),
    "suppressed_by": WORD, "suppressed_reason": TEXT, "fingerprint": TEXT,
    "fix_title": TEXT, "fix_safe": pa.bool_(), "fix_edits": pa.list_(PASSAGE),
}  # fmt: skip
_SAID = {"copydesk.schema": SCHEMA}

ARTICLES = pa.schema({**_IDENTITY, **_ARTICLE, **_MADE, **_LISTS}, metadata=_SAID)
FINDINGS = pa.schema({**_IDENTITY, **_FINDING}, metadata=_SAID)


def article_row(record: int, report: Mapping[str, Any]) -> Row:
    """The row of ``ARTICLES``."""
    row = _identity(record, report) | {name: report["article"][name] for name in _ARTICLE}
    row |= {name: value for name, value in _flat(report) if name in ARTICLES.names and name not in row}
    row["upcoming"] = [item | {"due_at": _moment(item["due_at"])} for item in report["upcoming"]]
    return row | {name: _moment(row[name]) for name in ("published_at", "modified_at", "checked_at")}


def finding_rows(record: int, report: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of ``FINDINGS``, those that somebody left alone among them, as in the report."""
    for finding in report["findings"]:
        yield _identity(record, report) | dict(_flat(finding))


def _identity(record: int, report: Mapping[str, Any]) -> Row:
    return {"record": record, "path": report["path"], "url": report["article"]["url"]}


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, dict):
            yield from ((f"{name}_{inner}", found) for inner, found in value.items())
        elif value is not None:
            yield name, value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
