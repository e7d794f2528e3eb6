"""The forms that reports are given out in, by the name that the command line and the API have for them."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from service.exports.github import annotations
from service.exports.page import page
from service.exports.rdjson import rdjson
from service.exports.sarif import sarif
from service.exports.sheet import Sheet
from service.exports.table import table


@dataclass(frozen=True)
class Form:
    """One form: its media type, and how reports are written in it, piece by piece."""

    media_type: str
    write: Callable[[Iterable[Sheet]], Iterator[str]]


def _jsonl(sheets: Iterable[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        yield json.dumps(sheet.report, ensure_ascii=False) + "\n"


def _sarif(sheets: Iterable[Sheet]) -> Iterator[str]:
    yield json.dumps(sarif(sheets), ensure_ascii=False, indent=2) + "\n"


def _rdjson(sheets: Iterable[Sheet]) -> Iterator[str]:
    yield json.dumps(rdjson(sheets), ensure_ascii=False, indent=2) + "\n"


def _github(sheets: Iterable[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        yield from (f"{line}\n" for line in annotations(sheet))


def _html(sheets: Iterable[Sheet]) -> Iterator[str]:
    yield page(sheets)


FORMS = {
    "jsonl": Form("application/x-ndjson", _jsonl),
    "csv": Form("text/csv; charset=utf-8", table),
    "sarif": Form("application/sarif+json", _sarif),
    "rdjson": Form("application/vnd.reviewdog.rdjson+json", _rdjson),
    "github": Form("text/plain; charset=utf-8", _github),
    "html": Form("text/html; charset=utf-8", _html),
}
