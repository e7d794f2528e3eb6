"""Reading a story out of a stranger's JSON: by paths, leniently for what is about it, strictly for its body."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from rules.core.submission import Metadata, Submission, parse_time
from service.article_json import Article
from service.refusal import Refused
from service.rendering.bodies import FORMS, Body, Form, read_body
from service.webhooks.kind import Door

Paths = Mapping[str, tuple[str, ...]]
ABOUT = ("headline", "byline", "language", "section", "external_id", "revision")
FIELDS = (*ABOUT, "published_at", "modified_at", "url", "body")
STORY_OPTIONS = {
    **{name: f"path to the {name.replace('_', ' ')} in the JSON, such as entry.{name}" for name in FIELDS},
    "page": "the story's address with paths in braces, such as https://www.northgate.example/news/{entry.slug}",
    "body_form": f"what a body that is a string is: {', '.join(FORMS)}",
}
MAX_URL = 2_000  # characters; the longest that all common servers take
HOLE = re.compile(r"\{([^{}]+)\}")
_TAG = re.compile(r"<[^<>]*>")


def at(value: Any, path: str) -> Any:
    """What stands at a path: names with dots between, numbers for places in a list, ``*`` for all of them."""
    name, _, rest = path.removeprefix("$.").partition(".")
    if name == "*" and isinstance(value, list):
        found: Any = [at(item, rest) if rest else item for item in value]
    elif isinstance(value, dict):
        found = value.get(name)
    elif isinstance(value, list) and name.isdigit() and int(name[:9]) < len(value):
        found = value[int(name[:9])]
    else:
        return None
    return at(found, rest) if rest and name != "*" else found


def words(value: Any) -> str | None:
    """A string or a number as text, a list of them with commas; None for anything else and for nothing."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(words, value))) or None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return str(value).strip() or None


def plain(value: Any) -> str | None:
    """A line that may hold tags and entities, as text."""
    text = words(value)
    return unescape(_TAG.sub("", text)).strip() or None if text else None


def moment(value: Any, *, utc: bool = False) -> datetime | None:
    """A time with an offset, or in UTC where the sender says so (``utc``); None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return parse_time(value)
    except ValueError:
        pass  # it may be one without an offset
    if not utc:
        return None
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=UTC)
    except ValueError:
        return None  # such as 0000-00-00 00:00:00, which WordPress writes for never


def address(value: Any, door: Door) -> str | None:
    """A story's address; one without a host is at the source's first origin. None for what no page can have."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        full = urljoin(f"{door.origins[0]}/" if door.origins else "", value.strip())
        parts = urlsplit(full)
    except ValueError:
        return None
    return full if parts.scheme in ("http", "https") and parts.hostname and len(full) <= MAX_URL else None


def page(template: str, payload: Any, door: Door) -> str | None:
    """An address made from the payload; None when one of its parts is missing."""
    missing = False

    def fill(hole: re.Match[str]) -> str:
        nonlocal missing
        value = words(at(payload, hole[1]))
        missing = missing or value is None
        return quote(value or "", safe="/")

    filled = HOLE.sub(fill, template)
    return None if missing else address(filled, door)


def find(payload: Any, field: str, paths: Paths, door: Door) -> Any:
    """A field by the source's own path, else by the first of the kind's that leads somewhere."""
    if field in door.options:
        return at(payload, str(door.options[field]))
    return next((value for path in paths.get(field, ()) if (value := at(payload, path)) not in (None, "")), None)


def about(payload: Any, paths: Paths, door: Door, *, utc: bool = False) -> Metadata:
    """What the payload says of the story."""
    said = {name: plain(find(payload, name, paths, door)) for name in ABOUT}
    return Metadata(
        **said,
        published_at=moment(find(payload, "published_at", paths, door), utc=utc),
        modified_at=moment(find(payload, "modified_at", paths, door), utc=utc),
    )


def story(payload: Any, paths: Paths, door: Door, *, utc: bool = False) -> Article:
    """The article in a payload. Raises Refused (400) for a body that is no body."""
    metadata = about(payload, paths, door, utc=utc)
    return article(body(payload, paths, door), metadata, where(payload, paths, door))


def where(payload: Any, paths: Paths, door: Door) -> str | None:
    """The story's address: by the source's own template, else as the payload has it."""
    if "page" in door.options and "url" not in door.options:
        return page(str(door.options["page"]), payload, door)
    return address(find(payload, "url", paths, door), door)


def body(payload: Any, paths: Paths, door: Door) -> Body | None:
    """The body in a payload. Raises Refused (400) for what is none."""
    form: Form = door.options.get("body_form", "html")
    try:
        return read_body(find(payload, "body", paths, door), form)
    except TypeError as error:
        raise Refused(400, f"The body of the story cannot be read: {error}.") from error


def article(found: Body | None, metadata: Metadata, url: str | None) -> Article:
    """An article with that body, or with none."""
    if found is None:
        return Article(url, metadata, None)
    made = Submission(found.content, found.kind, path=url, url=url, metadata=metadata, rendered=found.rendered)
    return Article(url, metadata, made)


def article_to_fetch(payload: Any, external_id: str, door: Door) -> Article:
    """A story that the payload only names, at the address that the source's ``page`` gives it."""
    return Article(page(str(door.options.get("page", "")), payload, door), Metadata(external_id=external_id), None, fetch=True)


def defaulting(door: Door, **options: str) -> Door:
    """The door with what a kind takes for granted where the source says nothing."""
    return replace(door, options=options | dict(door.options))
