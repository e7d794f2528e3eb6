"""A story's body, whatever form its CMS keeps it in, as HTML."""

from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt

from service.rendering import ans, contentful, datocms, portable_text, strapi
from service.rendering.markup import items

Form = Literal["html", "markdown", "text"]
FORMS: tuple[Form, ...] = ("html", "markdown", "text")


@dataclass(frozen=True)
class Body:
    """``html``, or plain text. ``rendered``: it was made here, and positions point into it."""

    content: str
    kind: Literal["html", "text"] = "html"
    rendered: bool = False


_NAMES = {
    dict: "an object of no kind that is known here",
    list: "a list",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


def read_body(value: object, form: Form = "html") -> Body | None:
    """The body in ``value``; None when there is none. ``form`` says what a string is; structures show what they are.

    Raises TypeError for a value that is no body.
    """
    if value is None or value == "" or value in ([], {}):
        return None
    if isinstance(value, str):
        return _string(value, form)
    if isinstance(value, dict) and value.get("nodeType") == "document":
        return _rendered(contentful.render(value))
    if isinstance(value, dict) and value.get("schema") == "dast":
        return _rendered(datocms.render(value))
    if isinstance(value, list) and items(value):
        return _rendered(_blocks(value))
    raise TypeError(f"{_NAMES.get(type(value), 'this')} is no body")


def _blocks(value: list[object]) -> str:
    first = items(value)[0]
    if "_type" in first:
        return portable_text.render(value)
    return strapi.render(value) if "children" in first or first.get("type") == "image" else ans.render(value)


def _string(value: str, form: Form) -> Body | None:
    if not value.strip():
        return None
    if form == "markdown":
        return _rendered(MarkdownIt("commonmark", {"html": True}).enable("table").render(value))
    return Body(value, form)


def _rendered(html: str) -> Body | None:
    return Body(html, rendered=True) if html.strip() else None
