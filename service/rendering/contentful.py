"""Contentful's rich text: https://www.contentful.com/developers/docs/concepts/rich-text/."""

from service.rendering.markup import inline_gap, items, link
from service.rendering.tree import Node, Tree


def render(document: object) -> str:
    """The HTML of a rich-text document. Embedded entries and assets are links to other documents: named gaps."""
    return CONTENTFUL.render_all(document.get("content")) if isinstance(document, dict) else ""


def _hyperlink(node: Node, inner: str) -> str:
    data = node.get("data")
    return link(inner, data.get("uri") if isinstance(data, dict) else None)


def _marks(node: Node) -> list[str]:
    return [str(mark.get("type")) for mark in items(node.get("marks"))]


CONTENTFUL = Tree(
    name="nodeType",
    children="content",
    leaf="text",
    value="value",
    tags={
        "paragraph": "p", "unordered-list": "ul", "ordered-list": "ol", "list-item": "li", "blockquote": "blockquote",
        "table": "table", "table-row": "tr", "table-cell": "td", "table-header-cell": "th",
        **{f"heading-{level}": f"h{level}" for level in range(1, 7)},
    },
    parts={
        "hr": lambda _node, _inner: "<hr>",
        "hyperlink": _hyperlink,
        "entry-hyperlink": lambda _node, inner: inline_gap("entry-hyperlink", inner),
        "asset-hyperlink": lambda _node, inner: inline_gap("asset-hyperlink", inner),
        "resource-hyperlink": lambda _node, inner: inline_gap("resource-hyperlink", inner),
    },
    marks=_marks,
    tag_of_mark={
        "bold": "b", "italic": "i", "underline": "u", "code": "code", "superscript": "sup", "subscript": "sub",
        "strikethrough": "s",
    },
    inline=frozenset({"embedded-entry-inline", "embedded-resource-inline"}),
)  # fmt: skip
