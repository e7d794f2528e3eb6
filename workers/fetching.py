"""Fetching a page or a listing: from the origins that were named and nowhere else, bounded in size, time and type.

The address is checked when the connection is made (``network``), each redirect is checked like the first address,
and robots.txt is asked before a page.
"""

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import quote, urljoin, urlsplit

import httpcore2
from protego import Protego

from rules.core.report import ENGINE
from workers.errors import FetchFailedError, FetchRefusedError, StatusError
from workers.network import PASSING, CheckedNetwork, Deadline, Network, Resolve, resolve

ROBOT = "Copydesk"  # what robots.txt may name
USER_AGENT = f"{ROBOT}/{ENGINE} (checks articles after publication)"
MAX_BYTES = 10_000_000  # as much as a webhook may bring
MAX_ROBOTS = 512_000  # bytes; RFC 9309 asks for at least 500 KiB
MAX_REDIRECTS = 5
TOTAL_S = 20.0  # for robots.txt, redirects and page together; a worker's task may take 45
STEP_S = 8.0  # without a byte
ROBOTS_KEPT_S = 3_600.0
PAGES = ("text/html", "application/xhtml+xml", "text/plain")
PACKED = ("application/gzip", "application/x-gzip")  # sitemaps come so; who asks for one unpacks it within bounds
LISTINGS = ("application/json", "application/xml", "text/xml", "application/rss+xml", "application/atom+xml", *PACKED, *PAGES)
SAFE = "/%:@!$&'()*+,;=~?"  # what stands in a path or a query as it is


@dataclass(frozen=True)
class Page:
    """What came: its bytes, its type, and where it was in the end."""

    url: str
    content: bytes
    media_type: str
    charset: str | None


@dataclass
class Fetcher:
    """Fetches. ``opened`` are inside networks that the administrator lets it connect to."""

    opened: Sequence[Network] = ()
    total: float = TOTAL_S
    max_bytes: int = MAX_BYTES
    resolver: Resolve = resolve
    _robots: dict[str, tuple[float, Protego]] = field(default_factory=dict)

    def page(self, url: str, origins: Sequence[str]) -> Page:
        """A page that robots.txt lets us read.

        Raises FetchRefusedError or BlockedAddressError for what trying again does not change, and FetchFailedError for what
        may be better in a minute; of the latter StatusError for an answer that was no 200.
        """
        return self._fetch(origins).follow(url, PAGES, ask_robots=True)

    def listing(self, url: str, origins: Sequence[str]) -> Page:
        """A feed, a sitemap, or an API's answer: what is published for machines, so robots.txt is not asked."""
        return self._fetch(origins).follow(url, LISTINGS, ask_robots=False)

    def known_robots(self, origin: str) -> Protego | None:
        """What robots.txt of an origin said within the last hour."""
        until, known = self._robots.get(origin, (0.0, None))
        return known if until > time.monotonic() else None

    def remember_robots(self, origin: str, robots: Protego) -> None:
        """Keeps it for an hour."""
        self._robots[origin] = (time.monotonic() + ROBOTS_KEPT_S, robots)

    def _fetch(self, origins: Sequence[str]) -> "_Fetch":
        return _Fetch(self, frozenset(map(origin_of, origins)), Deadline(time.monotonic() + self.total))


def origin_of(url: str) -> str:
    """``https://host`` or ``https://host:port`` of an address. Raises FetchRefusedError for what has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefusedError(f"{url!r} is no address: {error}.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchRefusedError(f"{url!r} is no address of a page; it must begin with https:// or http://.")
    if parts.username or parts.password:
        raise FetchRefusedError("An address with a name or a password in it is not fetched.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


@dataclass(frozen=True)
class _Fetch:
    """One fetch with its redirects, under one deadline."""

    fetcher: Fetcher
    origins: frozenset[str]
    deadline: Deadline

    def follow(self, url: str, types: Sequence[str], *, ask_robots: bool) -> Page:
        for _ in range(MAX_REDIRECTS + 1):
            origin = origin_of(url)
            if origin not in self.origins:
                known = ", ".join(sorted(self.origins)) or "it has none"
                raise FetchRefusedError(f"{origin} is not one of the source's origins ({known}).")
            if ask_robots and not self._robots(origin).can_fetch(url, ROBOT):
                raise FetchRefusedError(f"robots.txt of {origin} does not let {ROBOT} read {url}.")
            answer = self._get(url, types, self.fetcher.max_bytes)
            if isinstance(answer, Page):
                return answer
            url = urljoin(url, answer)
        raise FetchRefusedError(f"{_shown(url)} is redirected more than {MAX_REDIRECTS} times.")

    def _robots(self, origin: str) -> Protego:
        known = self.fetcher.known_robots(origin)
        if known is None:
            known = Protego.parse(self._robots_text(origin))
            self.fetcher.remember_robots(origin, known)
        return known

    def _robots_text(self, origin: str) -> str:
        """RFC 9309: without a robots.txt everything may be read; while it cannot be had (5xx), nothing."""
        url = f"{origin}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._get(url, (), MAX_ROBOTS, cut=True)
            except StatusError as error:
                if 400 <= error.status < 500 and error.status != 429:
                    return ""
                raise
            if isinstance(answer, Page):
                return answer.content.decode("utf-8", "replace")
            url = urljoin(url, answer)
            if origin_of(url) not in self.origins:
                return ""
        return ""

    def _get(self, url: str, types: Sequence[str], limit: int, *, cut: bool = False) -> Page | str:
        """The page, or where it has gone. ``types``: what it may be, none for anything; ``cut``: leave what is too long."""
        network = CheckedNetwork(self.deadline, self.fetcher.opened, self.fetcher.resolver)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), min(STEP_S, self.deadline.left()))
        address, host = _wire(url)
        sent = {"Host": host, "User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=network) as pool,
                pool.stream("GET", address, headers=list(sent.items()), extensions={"timeout": timeout}) as response,
            ):
                return self._read(url, response, types, limit, cut=cut)
        except PASSING as error:
            raise FetchFailedError(f"{_shown(url)} could not be read: {type(error).__name__} {error}".strip() + ".") from error

    def _read(self, url: str, response: httpcore2.Response, types: Sequence[str], limit: int, *, cut: bool) -> Page | str:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in (301, 302, 303, 307, 308) and "location" in headers:
            return headers["location"]
        if response.status != 200:
            raise StatusError(f"{_shown(url)} answers {response.status}.", response.status)
        media_type, charset = _type(headers.get("content-type", ""))
        if types and media_type not in types:
            raise FetchRefusedError(f"{_shown(url)} is {media_type or 'of no type'}, not {types[0]}.")
        if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            raise FetchRefusedError(f"{_shown(url)} comes compressed though it was asked for as it is.")
        content = bytearray()
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > limit and not cut:
                raise FetchRefusedError(f"{_shown(url)} is larger than {limit:,} bytes.")
            if len(content) > limit:
                break
            self.deadline.left()
        return Page(url, bytes(content[:limit]), media_type, charset)


def _shown(url: str) -> str:
    """The address without its query, which may hold a key and would stand in logs."""
    return url.partition("?")[0]


def _type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = " ".join(header.split())
    return (message.get_content_type() if header else ""), message.get_content_charset()


def _wire(url: str) -> tuple[httpcore2.URL, str]:
    """The address as it goes over the wire, and its Host: other letters as percent signs, a host's as punycode."""
    parts = urlsplit(url)
    try:
        host = (parts.hostname or "").encode("ascii" if (parts.hostname or "").isascii() else "idna").decode()
    except UnicodeError as error:
        raise FetchRefusedError(f"{url!r} has no host that can be asked for.") from error
    target = quote(parts.path or "/", safe=SAFE) + (f"?{quote(parts.query, safe=SAFE)}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    address = httpcore2.URL(scheme=parts.scheme, host=host, port=parts.port, target=target)
    return address, f"{shown}:{parts.port}" if parts.port else shown
