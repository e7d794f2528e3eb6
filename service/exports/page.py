"""One HTML page that holds everything: to mail, to print, to keep. Nothing in it runs or is fetched."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from rules.core.findings import SEVERITIES
from service.exports.sheet import Sheet


def page(sheets: Iterable[Sheet]) -> str:
    """The page over all the articles, in the order given."""
    given = list(sheets)
    totals = {word: sum(sheet.report["summary"][word] for sheet in given) for word in SEVERITIES}
    return _template().render(sheets=given, totals=totals)


@cache
def _template() -> Template:
    """What is put into it comes from strangers' pages: everything is escaped."""
    folder = Path(__file__).parent
    return Environment(autoescape=True, loader=FileSystemLoader(folder), undefined=StrictUndefined).get_template("page.html")
