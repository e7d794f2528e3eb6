"""Arc XP's ANS: https://github.com/washingtonpost/ans-schema. Its text elements hold inline HTML, which is kept as it is."""

from collections.abc import Callable

from service.rendering.markup import MAX_DEPTH, element, figure, gap, items, join, link, text
from service.rendering.tree import heading

Element = dict[str, object]


def render(elements: object, depth: int = 0) -> str:
    """The HTML of ``content_elements``. What has no text of its own (players, galleries, ratings) is a named gap."""
    if depth > MAX_DEPTH:
        return gap("too-deep")
    return join(_element(item, depth) for item in items(elements))


def _element(item: Element, depth: int) -> str:
    kind = item.get("type")
    if isinstance(kind, str) and kind in SIMPLE:
        return SIMPLE[kind](item)
    if isinstance(kind, str) and kind in NESTED:
        return NESTED[kind](item, depth)
    return gap(kind)


def _html(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(item: Element, depth: int) -> str:
    if depth > MAX_DEPTH:
        return gap("too-deep")
    tag = "ol" if item.get("list_type") == "ordered" else "ul"
    return element(tag, "".join(f"<li>{_list_item(inner, depth + 1)}</li>" for inner in items(item.get("items"))))


def _list_item(item: Element, depth: int) -> str:
    return _html(item.get("content")) if item.get("type") == "text" else _element(item, depth)


def _quote(item: Element, depth: int) -> str:
    cited = item.get("citation")
    by = _html(cited.get("content")) if isinstance(cited, dict) else ""
    return element("blockquote", render(item.get("content_elements"), depth + 1) + (f"<cite>{by}</cite>" if by else ""))


def _table(item: Element) -> str:
    head = _row(item.get("header"), "th")
    rows = item.get("rows")
    return element("table", head + "".join(_row(row, "td") for row in (rows if isinstance(rows, list) else [])))


def _row(cells: object, tag: str) -> str:
    inner = "".join(element(tag, _html(cell.get("content"))) for cell in items(cells))
    return f"<tr>{inner}</tr>" if inner else ""


def _links(item: Element) -> str:
    title = text(item.get("title"))
    listed = "".join(f"<li>{link(_html(one.get('content')), one.get('url'))}</li>" for one in items(item.get("items")))
    return (f"<h3>{title}</h3>" if title else "") + (f"<ul>{listed}</ul>" if listed else "")


SIMPLE: dict[str, Callable[[Element], str]] = {
    "text": lambda item: element("p", _html(item.get("content"))),
    "raw_html": lambda item: _html(item.get("content")),
    "header": lambda item: heading(item, _html(item.get("content"))),
    "blockquote": lambda item: element("blockquote", _html(item.get("content"))),
    "image": lambda item: figure(item.get("url"), item.get("alt_text"), item.get("caption"), html=True),
    "correction": lambda item: element("p", _html(item.get("text")), title="correction"),
    "interstitial_link": lambda item: element("p", link(_html(item.get("content")), item.get("url"))),
    "link_list": _links,
    "table": _table,
    "code": lambda item: f"<pre><code>{text(item.get('content'))}</code></pre>",
    "divider": lambda _item: "<hr>",
}
NESTED: dict[str, Callable[[Element, int], str]] = {
    "list": _list,
    "quote": _quote,
    "element_group": lambda item, depth: element("div", render(item.get("content_elements"), depth + 1)),
}
