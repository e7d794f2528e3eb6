"""What a CMS published lately, by its own list: WordPress' REST API, Ghost's Content API, a feed, a news sitemap."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin

from lxml import etree

from rules.core.submission import parse_time
from workers.errors import FetchRefusedError
from workers.fetching import Page

MAX_LISTED = 1_000  # stories of one look; what a newsroom publishes in a day or two
ZONES = timedelta(hours=14)  # WordPress compares with the site's own time; what is too old is left out here
PAGE_SIZE = 100  # the most that both APIs give at once


@dataclass(frozen=True)
class Listed:
    """One published story. ``html`` where the list brings it; else the page is to be fetched."""

    url: str | None
    external_id: str | None = None
    headline: str | None = None
    byline: str | None = None
    html: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Look:
    """How to look at one source: the fetching, its origin, and where its list is if not at the usual place."""

    get: Callable[[str], Page]
    origin: str
    url: str | None
    key: str | None
    since: datetime | None


def list_wordpress(look: Look) -> Iterator[Listed]:
    """``/wp-json/wp/v2/posts``, the last changed first."""
    asked = {"per_page": PAGE_SIZE, "orderby": "modified", "status": "publish"}
    if look.since:
        asked["modified_after"] = f"{look.since.astimezone(UTC) - ZONES:%Y-%m-%dT%H:%M:%S}"
    base = look.url or urljoin(look.origin, "/wp-json/wp/v2/posts")
    for number in range(1, MAX_LISTED // PAGE_SIZE + 1):
        posts = _objects(_json(look, base, asked | {"page": number}))
        for post in posts:
            yield Listed(
                url=_text(post.get("link")),
                external_id=_text(post.get("id")),
                headline=unescape(_text(_at(post, "title", "rendered")) or "") or None,
                html=_text(_at(post, "content", "rendered")),
                published_at=_utc(post.get("date_gmt")),
                modified_at=_utc(post.get("modified_gmt")),
            )
        if len(posts) < PAGE_SIZE:
            return


def list_ghost(look: Look) -> Iterator[Listed]:
    """``/ghost/api/content/posts/`` with the Content API's key."""
    if not look.key:
        raise FetchRefusedError("Ghost's Content API needs its key: copydesk source change NAME --reconcile-key …")
    asked = {"key": look.key, "limit": PAGE_SIZE, "order": "updated_at desc", "include": "authors"}
    if look.since:
        asked["filter"] = f"updated_at:>'{look.since.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
    base = look.url or urljoin(look.origin, "/ghost/api/content/posts/")
    for number in range(1, MAX_LISTED // PAGE_SIZE + 1):
        answer = _json(look, base, asked | {"page": number})
        posts = _objects(answer.get("posts") if isinstance(answer, dict) else None)
        for post in posts:
            yield Listed(
                url=_text(post.get("url")),
                external_id=_text(post.get("id")),
                headline=_text(post.get("title")),
                byline=", ".join(filter(None, (_text(author.get("name")) for author in _objects(post.get("authors"))))) or None,
                html=_text(post.get("html")),
                published_at=_utc(post.get("published_at")),
                modified_at=_utc(post.get("updated_at")),
            )
        if len(posts) < PAGE_SIZE:
            return


def list_feed(look: Look) -> Iterator[Listed]:
    """RSS or Atom. Only addresses and times are taken: a feed's text is often a part of the story."""
    if not look.url:
        raise FetchRefusedError("A feed needs its address: copydesk source change NAME --reconcile-url …")
    for item in _entries(_xml(look.get(look.url)), ("item", "entry")):
        when = _moment(_child(item, "updated") or _child(item, "modified"))
        published = _moment(_child(item, "pubDate") or _child(item, "published") or _child(item, "date"))
        yield Listed(url=_link(item), headline=_child(item, "title"), published_at=published, modified_at=when)


def list_sitemap(look: Look) -> Iterator[Listed]:
    """A news sitemap, or any sitemap with ``lastmod``; of an index of sitemaps, the last ten."""
    root = _xml(look.get(look.url or urljoin(look.origin, "/news-sitemap.xml")))
    nested = [address for item in _entries(root, ("sitemap",)) if (address := _child(item, "loc"))]
    for tree in [root] if not nested else [_xml(look.get(address)) for address in nested[-10:]]:
        for item in _entries(tree, ("url",)):
            published = _moment(_child(item, "publication_date"))
            yield Listed(_child(item, "loc"), headline=_child(item, "title"), published_at=published,
                         modified_at=_moment(_child(item, "lastmod")))  # fmt: skip


HOW: dict[str, Callable[[Look], Iterator[Listed]]] = {
    "wordpress": list_wordpress,
    "ghost": list_ghost,
    "feed": list_feed,
    "sitemap": list_sitemap,
}


def _json(look: Look, base: str, asked: dict[str, Any]) -> Any:
    page = look.get(f"{base}{'&' if '?' in base else '?'}{urlencode(asked)}")
    try:
        return json.loads(page.content)
    except (ValueError, RecursionError) as error:
        raise FetchRefusedError(f"{base} does not answer with JSON.") from error


def _xml(page: Page) -> etree._Element:
    """The document; entities, external files and deep trees are refused by the parser."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(page.content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FetchRefusedError(f"{page.url} is no XML: {error}.") from error
    if root is None:
        raise FetchRefusedError(f"{page.url} is no XML.")
    return root


def _entries(root: etree._Element, names: tuple[str, ...]) -> list[etree._Element]:
    found = [node for node in root.iter() if isinstance(node.tag, str) and etree.QName(node).localname in names]
    return found[:MAX_LISTED]


def _child(item: etree._Element, name: str) -> str | None:
    for node in item.iter():
        if isinstance(node.tag, str) and etree.QName(node).localname == name and node.text and node.text.strip():
            return str(node.text.strip())
    return None


def _link(item: etree._Element) -> str | None:
    """An RSS item's link is text, an Atom entry's the ``href`` of its alternate."""
    for node in item:
        if isinstance(node.tag, str) and etree.QName(node).localname == "link" and node.get("rel", "alternate") == "alternate":
            return node.get("href") or (node.text or "").strip() or None
    return None


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError:
        pass  # RSS writes times as mail does
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _utc(value: Any) -> datetime | None:
    text = _text(value)
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(value: dict[str, Any], name: str, inner: str) -> Any:
    found = value.get(name)
    return found.get(inner) if isinstance(found, dict) else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value).strip() or None
