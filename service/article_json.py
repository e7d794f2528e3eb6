"""Our own JSON for one article, as webhooks and the API hand it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.core.errors import BadMetadataError
from rules.core.submission import Metadata, Submission
from service.refusal import Refused

KNOWN = ("url", "html", "text", "metadata")


@dataclass(frozen=True)
class Article:
    """What was handed in: which article it is, and its content, or None when there is no body to lint.

    ``fetch``: no body was meant to come; the page is to be fetched, where the source has an origin that may be fetched from.
    """

    url: str | None
    metadata: Metadata
    submission: Submission | None
    fetch: bool = False


def read_article(data: object) -> Article:
    """The article in ``{"url"?, "html"? | "text"?, "metadata"?}``. Raises Refused (400) for any other shape."""
    given = _members(data)
    url = _text(given, "url")
    metadata = _metadata(given.get("metadata"))
    html, text = _text(given, "html"), _text(given, "text")
    if html and text:
        raise Refused(400, "Give either html or text, not both.")
    if html:
        return Article(url, metadata, Submission(html, "html", path=url, url=url, metadata=metadata))
    if text:
        return Article(url, metadata, Submission(text, "text", path=url, url=url, metadata=metadata))
    return Article(url, metadata, None, fetch=url is not None and not {"html", "text"} & set(given))


def _members(data: object) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Refused(400, "An article is a JSON object with url, html or text, and metadata.")
    unknown = sorted(set(data) - set(KNOWN))
    if unknown:
        raise Refused(400, f"Unknown in an article: {', '.join(unknown)[:200]}; known are {', '.join(KNOWN)}.")
    return data


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(400, f"{name} must be a string or null.")
    return value


def _metadata(given: object) -> Metadata:
    if given is None:
        return Metadata()
    if not isinstance(given, dict):
        raise Refused(400, "metadata must be a JSON object.")
    try:
        return Metadata.from_mapping(given)
    except BadMetadataError as error:
        raise Refused(400, error.reason) from error
