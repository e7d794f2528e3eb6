"""DatoCMS's structured text (dast): https://www.datocms.com/docs/structured-text/dast."""

from service.rendering.markup import element, inline_gap, link, text
from service.rendering.tree import Node, Tree, heading


def render(value: object) -> str:
    """The HTML of a structured-text field. Blocks and links to items are other records: named gaps."""
    document = value.get("document") if isinstance(value, dict) else None
    return DATOCMS.render_all(document.get("children")) if isinstance(document, dict) else ""


def _list(node: Node, inner: str) -> str:
    tag = "ol" if node.get("style") == "numbered" else "ul"
    return f"<{tag}>{inner}</{tag}>"


def _quote(node: Node, inner: str) -> str:
    by = text(node.get("attribution"))
    return element("blockquote", inner + (f"<footer>{by}</footer>" if by else ""))


def _marks(node: Node) -> list[str]:
    marks = node.get("marks")
    return [mark for mark in marks if isinstance(mark, str)] if isinstance(marks, list) else []


DATOCMS = Tree(
    name="type",
    children="children",
    leaf="span",
    value="value",
    tags={"paragraph": "p", "listItem": "li"},
    parts={
        "heading": heading,
        "list": _list,
        "blockquote": _quote,
        "code": lambda node, _inner: f"<pre><code>{text(node.get('code'))}</code></pre>",
        "link": lambda node, inner: link(inner, node.get("url")),
        "itemLink": lambda _node, inner: inline_gap("itemLink", inner),
        "thematicBreak": lambda _node, _inner: "<hr>",
    },
    marks=_marks,
    tag_of_mark={
        "strong": "strong", "emphasis": "em", "underline": "u", "strikethrough": "s", "code": "code", "highlight": "mark",
    },
    inline=frozenset({"inlineItem", "inlineBlock"}),
)  # fmt: skip
