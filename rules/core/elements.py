"""Elements of the story that rules on links, pictures and frames look at."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.blocks import SKIPPED
from rules.core.rule import Context

WORK = 20  # units for an element: a handful of attributes


def elements(article: Article, context: Context, *tags: str) -> Iterator[HtmlElement]:
    """The story's elements of these tags that a reader meets, in order; none in plain text. Spends the work for them."""
    if article.region is None:
        return
    met, skipped = article.once(_met), article.once(_skipped)
    for node in article.region.element.iter(*tags):
        context.spend(WORK)
        if node not in met:
            met[node] = not is_hidden(node) and not _is_skipped(node.getparent(), skipped)
        if met[node]:
            yield node


def _met(_: Article) -> dict[HtmlElement, bool]:
    """Whether a reader meets an element, for those that a rule asked for."""
    return {}


def _skipped(_: Article) -> dict[HtmlElement, bool]:
    """Whether an element or one around it shows nothing, for those that were looked at."""
    return {}


def _is_skipped(node: HtmlElement | None, known: dict[HtmlElement, bool]) -> bool:
    path: list[HtmlElement] = []
    while node is not None and node not in known:
        path.append(node)
        node = node.getparent()
    answer = node is not None and known[node]
    for above in reversed(path):
        answer = known[above] = answer or above.tag in SKIPPED
    return answer


def is_hidden(node: HtmlElement) -> bool:
    """Whether its own attributes hide it: a tracking pixel, a frame without size, what is marked as decoration."""
    attributes = node.attrib
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") in ("presentation", "none"):
        return True
    style = attributes.get("style", "").replace(" ", "").lower()
    return "display:none" in style or any(attributes.get(side, "").strip("px ") in ("0", "1") for side in ("width", "height"))


def short(address: str) -> str:
    """An address for showing: its first 80 characters."""
    return address if len(address) <= 80 else f"{address[:79]}…"
