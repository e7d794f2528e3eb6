"""Where in a page's template a finding stands: what tells the same box of a hundred pages, whatever text it holds that day."""

import re
from collections.abc import Mapping
from typing import Any

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import REMOVES

DEPTH = 4  # elements: a block in a list in a box in a column; what is around that is the story's own
_NUMBER = re.compile(r"\d+")  # of a post, an advertisement, a build


def places_of(article: Article | None, report: Mapping[str, Any]) -> dict[str, str]:
    """The template's place of each finding that has one, by fingerprint: ``div.error>ul.more>li``, numbers as ``#``."""
    if article is None:
        return {}
    made = {
        row["fingerprint"]: place_of(article.blocks[row["block"]["index"]])
        for row in report["findings"]
        if row["category"] in REMOVES and row["block"] is not None
    }
    return {fingerprint: place for fingerprint, place in made.items() if place is not None}


def place_of(block: Block) -> str | None:
    """A block's place; None where no class or id tells it from any other paragraph."""
    around = [_name(element) for element in block.ancestors[:DEPTH]]
    return ">".join(reversed(around)) if any("." in name or "#" in name for name in around) else None


def _name(element: HtmlElement) -> str:
    classes = sorted({_NUMBER.sub("#", word) for word in (element.get("class") or "").lower().split()})
    own = _NUMBER.sub("#", (element.get("id") or "").lower())
    return ".".join([f"{element.tag}#{own}" if own else str(element.tag), *classes])
