"""What a page says of itself: JSON-LD, OpenGraph, ``<time>`` and meta; the submission's own metadata wins."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from rules.core.submission import Submission

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Review|Recipe|NewsArticle|Report)$")
_KINDS = {
    "LiveBlogPosting": "live-blog",
    "OpinionNewsArticle": "opinion",
    "AnalysisNewsArticle": "analysis",
    "ReviewNewsArticle": "review",
    "Review": "review",
    "Recipe": "recipe",
    "AdvertiserContentArticle": "advertisement",
}
_ZONES = {  # hours; abbreviations of one meaning (RFC 5322 for North America, the others as tzdata has them)
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
# Path segments that name the kind on publishers' sites at large (Guardian, NYT, BBC, CNN, Le Monde, Spiegel).
_PATH_KINDS = (
    (re.compile(r"/(?:live|live-?blogs?|liveticker|en-direct|live-updates)(?:/|-|$)", re.IGNORECASE), "live-blog"),
    (
        re.compile(r"/(?:opinions?|commentisfree|editorials?|op-?eds?|columnists?|blogs?|meinung|kommentar)/", re.IGNORECASE),
        "opinion",
    ),
    (re.compile(r"/(?:reviews?|critics?)/", re.IGNORECASE), "review"),
    (re.compile(r"/(?:recipes?|rezepte|recettes)/", re.IGNORECASE), "recipe"),
)
_LIVE = re.compile(r"(?:^|\s)live-?blog(?:[_-](?:page|post|article|template|container|single|body))?(?:$|\s)", re.IGNORECASE)
_MAX_JSON = 1_000_000  # characters of JSON-LD that are read; a story's is some kilobytes
_FIELDS = {
    "published_at": (
        "datePublished",
        ("article:published_time", "og:article:published_time", "datepublished", "dc.date.issued", "pubdate", "date"),
    ),
    "modified_at": ("dateModified", ("article:modified_time", "og:updated_time", "datemodified", "last-modified")),
    "section": ("articleSection", ("article:section",)),
    "url": ("url", ("og:url",)),
}  # fmt: skip


@dataclass(frozen=True)
class PageMetadata:
    """An article's metadata after all sources were read. ``headlines`` holds each field as it stands."""

    headlines: dict[str, str] = field(default_factory=dict)  # of: submission, json-ld, og:title, title
    byline: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    section: str | None = None
    url: str | None = None
    kind: str = "news"
    body: str | None = None  # JSON-LD articleBody
    zone_assumed: bool = False  # a date had no offset and was taken as UTC


def read_metadata(root: HtmlElement | None, submission: Submission) -> PageMetadata:
    """Merges what the sender said with what the page says; never fails on a broken page."""
    given = submission.metadata
    meta, linked = (_meta(root), _linked_data(root)) if root is not None else ({}, {})
    found = {name: _text(linked.get(key)) or _first(meta, names) for name, (key, names) in _FIELDS.items()}
    published, modified = _time(found["published_at"]), _time(found["modified_at"])
    if published is None and root is not None:
        published = _time(_time_element(root))
    url = submission.url or _canonical(root) or found["url"]
    times = (given.published_at or published, given.modified_at or modified)
    return PageMetadata(
        headlines=_headlines(root, meta, linked, given.headline),
        byline=given.byline or _author(linked.get("author")) or _first(meta, ("author", "article:author", "parsely-author")),
        published_at=_zoned(times[0]),
        modified_at=_zoned(times[1]),
        language=given.language or _language(root),
        section=given.section or found["section"],
        url=url,
        kind=given.kind or _kind(linked, url, found["section"], root),
        body=_text(linked.get("articleBody")),
        zone_assumed=any(when is not None and when.tzinfo is None for when in times),
    )


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop")
        content = node.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _linked_data(root: HtmlElement) -> dict[str, Any]:
    """The first JSON-LD object that is an article; an empty dict when there is none that can be read."""
    for script in root.iter("script"):
        if "ld+json" not in script.get("type", "") or not script.text or len(script.text) > _MAX_JSON:
            continue
        try:
            data = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data, 4):
            if any(_ARTICLE_TYPE.search(name) for name in _types(item)):
                return item
    return {}


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        for item in data[:100]:
            yield from _objects(item, depth)
    elif isinstance(data, dict):
        yield data
        if depth:
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                yield from _objects(data.get(key), depth - 1)


def _types(item: dict[str, Any]) -> list[str]:
    names = item.get("@type", [])
    return [name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str)]


def _headlines(root: HtmlElement | None, meta: dict[str, str], linked: dict[str, Any], given: str | None) -> dict[str, str]:
    title = next(root.iter("title"), None) if root is not None else None
    found = {
        "submission": given,
        "json-ld": _text(linked.get("headline")),
        "og:title": meta.get("og:title"),
        "title": title.text_content() if title is not None else None,
    }
    return {name: " ".join(text.split()) for name, text in found.items() if text and text.strip()}


def _author(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(filter(None, (_author(item) for item in value[:10]))) or None
    if isinstance(value, dict):
        return _author(value.get("name"))
    return _text(value)


def _text(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    return value.strip() or None if isinstance(value, str) else None


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _time(text: str | None) -> datetime | None:
    if not text or len(text) > 60:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass  # pages write dates in many forms; dateutil knows the most of them
    from dateutil import parser as dateparser  # noqa: PLC0415 - pages with other dates are few, and it starts slowly

    try:
        return dateparser.parse(text, default=datetime(1, 1, 1), tzinfos=_offset) if re.search(r"\d{4}", text) else None  # noqa: DTZ001
    except (ValueError, OverflowError):
        return None


def _offset(name: str | None, seconds: int | None) -> tzinfo | None:
    """A zone by its offset or its abbreviation; None, which is read as UTC, for one of several meanings (CST, IST)."""
    if seconds is None and name in _ZONES:
        seconds = 3600 * _ZONES[name]
    return None if seconds is None else timezone(timedelta(seconds=seconds))


def _zoned(when: datetime | None) -> datetime | None:
    if when is None or when.year < 1000:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _time_element(root: HtmlElement) -> str | None:
    for node in root.iter("time"):
        if node.get("datetime"):
            return str(node.get("datetime"))
    return None


def _canonical(root: HtmlElement | None) -> str | None:
    if root is None:
        return None
    return next((node.get("href") for node in root.iter("link") if node.get("rel", "").lower() == "canonical"), None)


def _language(root: HtmlElement | None) -> str | None:
    for node in root.iter("html") if root is not None else ():
        language = node.get("lang") or node.get("xml:lang")
        if language and re.fullmatch(r"[a-zA-Z]{2,3}(?:[-_].*)?", language.strip()):
            return str(language).strip().replace("_", "-")
    return None


def _kind(linked: dict[str, Any], url: str | None, section: str | None, root: HtmlElement | None) -> str:
    for name in _types(linked):
        if name in _KINDS:
            return _KINDS[name]
    for pattern, kind in _PATH_KINDS:
        if url and pattern.search(url):
            return kind
    if root is not None and any(_LIVE.search(f"{node.get('class', '')} {node.get('id', '')}") for node in _wrappers(root)):
        return "live-blog"
    return "opinion" if section and re.fullmatch(r"(?i)opinions?|comment(?:ary)?|editorials?|columns?", section) else "news"


def _wrappers(root: HtmlElement) -> Iterator[HtmlElement]:
    """What a template names by the kind of page: the body, the main element, the first article (others may be teasers)."""
    for tag in ("body", "main", "article"):
        yield from islice(root.iter(tag), 1)
