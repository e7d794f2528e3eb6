"""Figures as CSV, as spreadsheets open it without running anything in it."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

_BEGINS = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula (OWASP, CSV Injection)


def as_csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An attachment ``name``.csv, UTF-8 with a byte order mark, which spreadsheets want."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    """A text that looks like a formula gets a quotation mark before it; figures stay figures."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINS):
        return f"'{value}"
    return "" if value is None else value
