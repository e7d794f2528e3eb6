"""The edits that take flagged blocks out of the source: whole elements where an element holds nothing else."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place

_NAMES = {
    "ul": "list",
    "ol": "list",
    "p": "paragraph",
    "li": "list item",
    "form": "form",
    "table": "table",
    "figure": "figure",
}
_MEDIA = ("img", "picture", "video", "audio", "iframe", "embed", "object", "svg", "canvas", "input", "textarea")


class Removal(NamedTuple):
    """What to cut: a title for people and the source spans, in order and apart from one another."""

    title: str
    spans: tuple[tuple[int, int], ...]


def removal(article: Article, finding: Finding) -> Removal | None:
    """The removal of a finding's blocks; None where the source's exact extent is not certain."""
    occurrences = [place for places in (finding.places, *finding.repeats) for place in places]
    flagged = {place.block.index for place in occurrences}
    holders = dict.fromkeys(_holder(article, place.block, flagged) for place in occurrences)
    spans = [_extent(article, holder, occurrences) for holder in holders]
    if any(span is None for span in spans):
        return None
    kept = tuple(sorted({span for span in spans if span is not None}))
    if any(a[1] > b[0] for a, b in pairwise(kept)):
        return None
    return Removal(_title(list(holders)), kept)


def edits(findings: Iterable[dict[str, Any]], *, unsafe: bool) -> list[tuple[int, int, str]]:
    """The edits of a report's findings that may be made together, in order, none over another.

    Suppressed findings are left alone; fixes that are not safe are made only when ``unsafe``. Of two that overlap the one that
    begins first is made, of two that begin together the longer; the other comes up again when the result is linted.
    """
    chosen: list[tuple[int, int, str]] = []
    fixes = [row["fix"] for row in findings if row["fix"] and not row["suppressed"] and (unsafe or row["fix"]["safe"])]
    for group in sorted((_rows(fix) for fix in fixes), key=lambda rows: (rows[0][0], -rows[-1][1])):
        if not any(start < other_end and other < end for start, end, _ in group for other, other_end, _ in chosen):
            chosen += group
    return sorted(chosen)


def _rows(fix: dict[str, Any]) -> list[tuple[int, int, str]]:
    return sorted((edit["start"], edit["end"], edit["text"]) for edit in fix["edits"])


def apply(source: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The source with each span replaced by its text; spans must not overlap."""
    for start, end, text in sorted(spans, reverse=True):
        source = source[:start] + text + source[end:]
    return source


def _holder(article: Article, block: Block, flagged: set[int]) -> HtmlElement | Block:
    """The outermost element whose every block is flagged and that shows nothing else; the block itself if there is none."""
    holder: HtmlElement | Block = block
    for node in block.ancestors:
        if not article.inside[node] <= flagged or next(node.iter(*_MEDIA), None) is not None:
            break
        holder = node
    return holder


def _extent(article: Article, holder: HtmlElement | Block, places: list[Place]) -> tuple[int, int] | None:
    if not isinstance(holder, Block):
        return article.positions.element(holder)
    place = next(place for place in places if place.block is holder)
    span = article.positions.span(holder, place.start, place.end)
    return None if span is None else (span.start, span.end)


def _title(holders: list[HtmlElement | Block]) -> str:
    names = {_NAMES.get(str(holder.tag), "block") for holder in holders}
    name = names.pop() if len(names) == 1 else "block"
    return f"Remove the {name}" if len(holders) == 1 else f"Remove {len(holders)} {name}s"
