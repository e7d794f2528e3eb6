"""Teasers: a headline that leads to another page, and a line or two under it, several in a row."""

from itertools import chain, islice

from lxml.html import HtmlElement

DEPTH = 4  # elements up from its text in which a teaser is looked for
LENGTH = 250  # characters that one has at most
_CARDS = frozenset({"article", "li", "div", "section"})


class Teasers:
    """What a page has under headlines that lead elsewhere, several in a row. Each element is looked at once."""

    def __init__(self) -> None:
        self._cards: dict[HtmlElement, bool] = {}
        self._rows: dict[HtmlElement, bool] = {}

    def hold(self, node: HtmlElement) -> bool:
        """Whether a text stands in one of them."""
        for up in islice(chain((node,), node.iterancestors()), DEPTH):
            if up.tag in _CARDS and self._is_card(up) and self._is_row(up.getparent()):
                return True
        return False

    def _is_card(self, node: HtmlElement) -> bool:
        if node not in self._cards:
            self._cards[node] = _is_card(node)
        return self._cards[node]

    def _is_row(self, parent: HtmlElement) -> bool:
        """Whether an element has two of them or more."""
        if parent not in self._rows:
            cards = (child for child in parent if child.tag in _CARDS and self._is_card(child))
            self._rows[parent] = len(list(islice(cards, 2))) > 1
        return self._rows[parent]


def _is_card(node: HtmlElement) -> bool:
    """Whether an element is a headline that leads to another page, and a line or two."""
    heading = next(node.iter("h2", "h3", "h4", "h5", "h6"), None)
    if heading is None or len(" ".join(node.text_content().split())) > LENGTH:
        return False
    return any(_leads_away(link.get("href", "")) for link in chain(heading.iter("a"), heading.iterancestors("a")))


def _leads_away(href: str) -> bool:
    """Whether a link leads to another page, and not to an entry of this one."""
    return "#" not in href and href.strip()[:1] not in ("", "?") and not href.strip().lower().startswith("javascript:")
