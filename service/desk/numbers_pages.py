"""The numbers: what the desk finds and how soon it is fixed, as charts with tables behind them, and as CSV."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from reports import facets, precision
from reports import numbers as figures
from reports.numbers import SPANS, Asked, Slice
from reports.sight import Sight
from service.desk import charts
from service.desk.access import guard
from service.desk.sheet import as_csv
from service.parts import parts

numbers = Blueprint("numbers", __name__, url_prefix="/numbers")
guard(numbers)

NARROWED = ("weeks", "source", "section", "rule", "desk")
TABLES = {"weeks": "severities", "sources": "sources", "sections": "sections", "rules": "rules"}


@numbers.get("")
def show() -> ResponseReturnValue:
    """The page."""
    asked = read_asked()
    with parts().database.read() as store:
        found = figures.read_numbers(store, asked, parts().clock())
        sources, sections, rules = figures.names(store)
        judged = precision.precisions(store)
        desks = facets.desks(store)
    shown = {item.name for item in found.rules}
    return render_template(
        "numbers.html",
        found=found,
        asked=asked,
        spans=SPANS,
        names={"source": sources, "section": sections, "rule": rules, "desk": desks},
        columns=charts.stack(found.starts, {item.name: item.weeks for item in found.severities}),
        judged=sorted(((name, seen) for name, seen in judged.items() if name in shown), key=lambda row: (-row[1].n, row[0])),
        share_of=charts.share_of,
        whisker=charts.whisker,
        query=urlencode({name: value for name in NARROWED if (value := getattr(asked, name)) is not None}),
    )


@numbers.get("/<table>.csv")
def download(table: str) -> ResponseReturnValue:
    """One of its tables."""
    if table not in (*TABLES, "precision", "fixes"):
        abort(404, "There is no such table.")
    asked = read_asked()
    with parts().database.read() as store:
        if table == "precision":
            judged = sorted(precision.precisions(store).items())
            rows = [(name, p.right, p.wrong, p.n, _rounded(p.share), _rounded(p.low), _rounded(p.high)) for name, p in judged]
            return as_csv(table, ("rule", "right", "false alarms", "judged", "precision", "low", "high"), rows)
        found = figures.read_numbers(store, asked, parts().clock())
    if table == "fixes":
        return as_csv(table, ("fixed", "findings"), found.fixes)
    slices: Sequence[Slice] = getattr(found, TABLES[table])
    weeks = [f"{start:%Y-%m-%d}" for start in found.starts]
    heads = ("name", "total", "open", "fixed", "let stand", "false alarms", "median hours to fix", *weeks)
    return as_csv(table, heads, _rows(slices))


def read_asked() -> Asked:
    """What the address asks for; whatever makes no sense is left out."""
    weeks = request.args.get("weeks", 12, type=int)
    given = {name: request.args.get(name, "").replace("\0", "")[:200] or None for name in ("source", "section", "rule", "desk")}
    return Asked(weeks=weeks if weeks in SPANS else 12, sight=Sight.of(g.user), **given)


@numbers.app_template_filter("span")
def span(time: timedelta | None) -> str:
    """A stretch of time as people say it."""
    if time is None:
        return "–"
    minutes = time.total_seconds() / 60
    if minutes < 1:
        return "under a minute"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h" if minutes < 60 * 36 else f"{minutes / 60 / 24:.1f} days"


def _rows(slices: Sequence[Slice]) -> Iterator[tuple[object, ...]]:
    for item in slices:
        hours = round(item.time_to_fix.total_seconds() / 3600, 2) if item.time_to_fix is not None else None
        yield (item.name, item.total, item.open, item.fixed, item.stands, item.false_alarms, hours, *item.weeks)


def _rounded(share: float | None) -> float | None:
    return round(share, 4) if share is not None else None
