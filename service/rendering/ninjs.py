"""ninjs, as Superdesk sends it: https://iptc.org/standards/ninjs/. Its body is HTML; pictures and more hang beside it."""

from service.rendering.markup import figure, gap, join

PICTURES = ("picture", "graphic")
LEAD = "featuremedia"  # the name under which Superdesk hangs the picture above the story
EMBEDDED = "editor_"  # the names of what stands in the body already


def render(body: object, associations: object) -> tuple[str, bool]:
    """The body with what is associated with it, and whether anything was added: then it is a rendering."""
    html = body if isinstance(body, str) else ""
    given = associations if isinstance(associations, dict) else {}
    lead = _association(given[LEAD]) if isinstance(given.get(LEAD), dict) else ""
    rest = [
        _association(item)
        for name, item in given.items()
        if name != LEAD and not name.startswith(EMBEDDED) and isinstance(item, dict)
    ]
    if not html.strip() or not (lead or rest):
        return html, False
    return join([lead, html, *rest]), True


def _association(item: dict[str, object]) -> str:
    if item.get("type") not in PICTURES:
        return gap(item.get("type"))
    caption = item.get("description_text") or item.get("headline")
    return figure(_address(item.get("renditions")), item.get("body_text"), caption)


def _address(renditions: object) -> object:
    """The picture's own address, else that of its first rendition that has one."""
    given = renditions if isinstance(renditions, dict) else {}
    found = [one.get("href") for one in (given.get("original"), *given.values()) if isinstance(one, dict)]
    return next((address for address in found if address), None)
