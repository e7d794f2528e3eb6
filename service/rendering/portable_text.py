"""Portable Text, as Sanity sends it: https://github.com/portabletext/portabletext."""

from service.rendering.markup import GAP, element, gap, inline_gap, items, join, link, text

Block = dict[str, object]
MAX_LEVEL = 10  # of a list in a list; deeper ones are shown at the tenth
STYLES = {"normal": "p", "blockquote": "blockquote", **{f"h{level}": f"h{level}" for level in range(1, 7)}}
DECORATORS = {
    "strong": "strong", "em": "em", "code": "code", "underline": "u", "strike-through": "s", "sup": "sup", "sub": "sub",
}  # fmt: skip


def render(blocks: object) -> str:
    """The HTML of an array of blocks. A type of one's own is a named gap; its caption is kept."""
    parts: list[str] = []
    waiting: list[Block] = []
    for block in items(blocks):
        if block.get("_type") == "block" and block.get("listItem"):
            waiting.append(block)
            continue
        parts += [_list(waiting), _block(block)]
        waiting = []
    return join([*parts, _list(waiting)])


def _block(block: Block) -> str:
    if block.get("_type") != "block":
        caption = text(block.get("caption"))
        return gap(block.get("_type"), element("figcaption", caption) if caption else "")
    style = block.get("style")
    tag = STYLES.get(style, "p") if isinstance(style, str) else "p"
    return element(tag, _children(block))


def _list(blocks: list[Block]) -> str:
    """Neighbouring list items as lists in lists, by their levels."""
    if not blocks:
        return ""
    parts: list[str] = []
    open_tags: list[str] = []
    for block in blocks:
        level, tag = _level(block), "ol" if block.get("listItem") == "number" else "ul"
        while len(open_tags) > level or (len(open_tags) == level and open_tags[-1] != tag):
            parts.append(f"</li></{open_tags.pop()}>")
        if len(open_tags) == level:
            parts.append("</li>")
        while len(open_tags) < level:
            open_tags.append(tag)
            parts.append(f"<{tag}><li>" if len(open_tags) < level else f"<{tag}>")
        parts.append(f"<li>{_children(block)}")
    parts += [f"</li></{tag}>" for tag in reversed(open_tags)]
    return "".join(parts)


def _level(block: Block) -> int:
    level = block.get("level")
    return min(max(level, 1), MAX_LEVEL) if isinstance(level, int) else 1


def _children(block: Block) -> str:
    definitions = {str(item.get("_key")): item for item in items(block.get("markDefs"))}
    return "".join(_child(child, definitions) for child in items(block.get("children")))


def _child(child: Block, definitions: dict[str, Block]) -> str:
    if child.get("_type") not in ("span", None):
        return inline_gap(child.get("_type"))
    shown = text(child.get("text"))
    marks = child.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        shown = _mark(str(mark), shown, definitions)
    return shown


def _mark(mark: str, shown: str, definitions: dict[str, Block]) -> str:
    if mark in DECORATORS:
        return element(DECORATORS[mark], shown)
    definition = definitions.get(mark, {})
    if definition.get("_type") == "link":
        return link(shown, definition.get("href"))
    return f'<span {GAP}="mark">{shown}</span>'
