"""Rich text as a tree of nodes: Contentful's, Strapi's and DatoCMS's differ in their names only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.rendering.markup import GAP, MAX_DEPTH, gap, inline_gap, items, join, text

Node = dict[str, object]
Part = Callable[[Node, str], str]  # a node and its rendered children


@dataclass(frozen=True)
class Tree:
    """How one CMS writes its tree. ``tags`` are the plain elements, ``parts`` those that need more than a tag."""

    name: str  # the key that holds a node's type
    children: str
    leaf: str  # the type of a text node
    value: str  # the key of its text
    tags: Mapping[str, str]
    parts: Mapping[str, Part]
    marks: Callable[[Node], list[str]]
    tag_of_mark: Mapping[str, str]
    inline: frozenset[str]  # types that stand in a line, when they are unknown

    def render(self, node: object, depth: int = 0) -> str:
        """The HTML of a node and what is below it. A type that is not known becomes a named gap around its text."""
        if not isinstance(node, dict):
            return ""
        if depth > MAX_DEPTH:
            return inline_gap("too-deep")
        kind = node.get(self.name)
        if kind == self.leaf:
            return self._text(node)
        inner = "".join(self.render(child, depth + 1) for child in items(node.get(self.children)))
        if isinstance(kind, str) and kind in self.parts:
            return self.parts[kind](node, inner)
        if isinstance(kind, str) and kind in self.tags:
            return f"<{self.tags[kind]}>{inner}</{self.tags[kind]}>"
        return inline_gap(kind, inner) if kind in self.inline else gap(kind, inner)

    def render_all(self, nodes: object) -> str:
        """A document's blocks, one a line."""
        return join(self.render(node) for node in items(nodes))

    def _text(self, node: Node) -> str:
        shown = text(node.get(self.value))
        for mark in self.marks(node):
            tag = self.tag_of_mark.get(mark)
            shown = f"<{tag}>{shown}</{tag}>" if tag else f'<span {GAP}="mark">{shown}</span>'
        return shown


def heading(node: Node, inner: str) -> str:
    """A heading by its level; a level that is none is the second."""
    level = node.get("level")
    number = level if isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 6 else 2
    return f"<h{number}>{inner}</h{number}>"
