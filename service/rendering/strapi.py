"""Strapi's blocks: https://docs.strapi.io/cms/features/content-type-builder (Rich text, Blocks)."""

from service.rendering.markup import figure, link
from service.rendering.tree import Node, Tree, heading


def render(blocks: object) -> str:
    """The HTML of a Blocks field."""
    return STRAPI.render_all(blocks)


def _list(node: Node, inner: str) -> str:
    tag = "ol" if node.get("format") == "ordered" else "ul"
    return f"<{tag}>{inner}</{tag}>"


def _image(node: Node, _inner: str) -> str:
    image = node.get("image")
    given = image if isinstance(image, dict) else {}
    return figure(given.get("url"), given.get("alternativeText"), given.get("caption"))


STRAPI = Tree(
    name="type",
    children="children",
    leaf="text",
    value="text",
    tags={"paragraph": "p", "list-item": "li", "quote": "blockquote"},
    parts={
        "heading": heading,
        "list": _list,
        "image": _image,
        "code": lambda _node, inner: f"<pre><code>{inner}</code></pre>",
        "link": lambda node, inner: link(inner, node.get("url")),
    },
    marks=lambda node: [mark for mark in ("bold", "italic", "underline", "strikethrough", "code") if node.get(mark) is True],
    tag_of_mark={"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code"},
    inline=frozenset(),
)
