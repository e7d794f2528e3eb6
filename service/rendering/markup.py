"""Pieces of HTML for the renderers: everything escaped, and a name for what cannot be shown."""

import re
from collections.abc import Iterable
from html import escape

GAP = "data-copydesk-gap"
MAX_DEPTH = 60  # nodes; the JSON itself is refused past 100 levels, and a node takes two
_NAME = re.compile(r"[^a-z0-9]+")
_ADDRESS = re.compile(r"(?:https?:|mailto:|tel:|/|#|\?)", re.IGNORECASE)
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def text(value: object) -> str:
    """Text as it stands, escaped; a line feed is a line break, as every one of these editors means it."""
    return _LINE_BREAK.sub("<br>", escape(value, quote=False)) if isinstance(value, str) else ""


def element(tag: str, inner: str, **attributes: object) -> str:
    """``<tag>inner</tag>``; an attribute whose value is no text, or empty, is left out."""
    given = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if isinstance(value, str) and value)
    return f"<{tag}{given}>{inner}</{tag}>"


def link(inner: str, address: object) -> str:
    """A link where ``address`` is one that a page would carry, else a named gap around its text."""
    if isinstance(address, str) and _ADDRESS.match(address.strip()):
        return element("a", inner, href=address.strip())
    return inline_gap("link", inner)


def figure(address: object, alternative: object = None, caption: object = None, *, html: bool = False) -> str:
    """A picture with its caption. ``html``: the caption is HTML already."""
    shown = caption if isinstance(caption, str) else ""
    below = element("figcaption", shown if html else text(shown)) if shown.strip() else ""
    if not isinstance(address, str) or not address.strip():
        return gap("image", below)
    described = escape(alternative) if isinstance(alternative, str) else ""
    return f'<figure><img src="{escape(address.strip())}" alt="{described}">{below}</figure>'


def gap(name: object, inner: str = "") -> str:
    """A block that has no rendering here, kept by its name, so that nobody takes the story for whole without it."""
    return f'<figure {GAP}="{named(name)}">{inner}</figure>'


def inline_gap(name: object, inner: str = "") -> str:
    """The same inside a line."""
    return f'<span {GAP}="{named(name)}">{inner}</span>'


def named(name: object) -> str:
    """A type's name as an attribute can carry it."""
    return _NAME.sub("-", name.lower()).strip("-")[:64] or "unnamed" if isinstance(name, str) else "unnamed"


def join(parts: Iterable[str]) -> str:
    """Blocks on lines of their own, so that a position's line means something."""
    return "\n".join(part for part in parts if part)


def items(value: object) -> list[dict[str, object]]:
    """The objects in a list; anything else is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
