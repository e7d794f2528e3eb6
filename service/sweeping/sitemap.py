"""A site's own list of its pages, fetched: robots.txt is heeded, and no more pages a second are asked for than were allowed."""

import gzip
import io
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from service.errors import BadArchiveError
from service.sweeping.record import BrokenRecord, PageRecord, Record
from workers.errors import FetchError
from workers.fetching import ROBOT, Fetcher, Page, origin_of

MAX_SITEMAP = 52_428_800  # bytes unpacked; the protocol allows 50 MiB
MAX_DEPTH = 2  # an index of indexes; the protocol knows no deeper one
LISTING_S = 120.0  # for one sitemap
TRIES = 3  # for a page that could not be had now
PAUSE_S = 2.0  # before the second try; doubled before the third


@dataclass
class Pace:
    """Waits so that no more than ``rate`` pages a second are asked for; a site's crawl-delay goes before it."""

    rate: float
    _next: float = field(default=0.0)

    def wait(self, delay: float | None) -> None:
        """Until the next page may be asked for."""
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + max(1 / self.rate, delay or 0.0)


@dataclass(frozen=True)
class AddressRecord(Record):
    """An address that is still to be fetched; ``fetched`` does it, once for each record and in order."""

    url: str
    get: Callable[[str], Page]

    def fetched(self) -> Record:
        """The page; a BrokenRecord that says why it did not come."""
        for attempt in range(TRIES):
            try:
                page = self.get(self.url)
            except FetchError as error:
                if error.permanent or attempt == TRIES - 1:
                    return BrokenRecord(self.name, self.end, error.reason)
                time.sleep(PAUSE_S * 2**attempt)
            else:
                return PageRecord(self.name, self.end, page.url, page.content, page.charset, datetime.now(UTC))
        raise AssertionError("a try ends in a page or in an error")


@dataclass(frozen=True)
class SitemapArchive:
    """The pages that a sitemap, or an index of sitemaps, lists. ``kept``: the file that holds the list, so that it stays one.

    A sitemap changes while it is swept; what goes on later goes on with the list that it began with.
    """

    url: str
    kept: Path
    origins: Sequence[str]
    pace: Pace
    fetcher: Fetcher

    def size(self) -> int:
        """The number of addresses."""
        with self._list().open(encoding="utf-8") as file:
            return sum(1 for _ in file)

    def records(self) -> Iterator[Record]:
        """A record for each address."""
        with self._list().open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                url = line.rstrip("\n")
                yield AddressRecord(url, number, url, self._get)

    def _get(self, url: str) -> Page:
        robots = self.fetcher.known_robots(origin_of(url))
        self.pace.wait(float(robots.crawl_delay(ROBOT) or 0) if robots else None)
        return self.fetcher.page(url, self.origins)

    def _list(self) -> Path:
        if not self.kept.exists():
            part = self.kept.with_name(self.kept.name + ".part")
            with part.open("w", encoding="utf-8") as file:
                file.writelines(f"{url}\n" for url in self._addresses(self.url, MAX_DEPTH))
            part.replace(self.kept)
        return self.kept

    def _addresses(self, url: str, depth: int) -> Iterator[str]:
        self.pace.wait(None)
        fetcher = replace(self.fetcher, total=LISTING_S, max_bytes=MAX_SITEMAP)
        try:
            content = _unpacked(fetcher.listing(url, self.origins).content)
        except FetchError as error:
            raise BadArchiveError(error.reason) from error
        nested, pages = read_sitemap(content, url)
        if depth:
            for address in nested:
                yield from self._addresses(address, depth - 1)
        yield from pages


def read_sitemap(content: bytes, url: str) -> tuple[list[str], list[str]]:
    """The sitemaps and the pages that a sitemap lists. Raises BadArchiveError for what is none."""
    nested: list[str] = []
    pages: list[str] = []
    try:
        steps = etree.iterparse(io.BytesIO(content), events=("end",), resolve_entities=False, no_network=True, load_dtd=False)
        for _, node in steps:
            name = etree.QName(node).localname
            if name in ("url", "sitemap"):
                where = [child.text for child in node if isinstance(child.tag, str) and etree.QName(child).localname == "loc"]
                address = " ".join((where[0] or "").split()) if where else ""
                if address:
                    (pages if name == "url" else nested).append(address)
                node.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadArchiveError(f"{url} is no sitemap: {error}.") from error
    if not nested and not pages:
        raise BadArchiveError(f"{url} lists no pages; name a sitemap, or an index of sitemaps.")
    return nested, pages


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            unpacked = packed.read(MAX_SITEMAP + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadArchiveError("The sitemap's gzip data is damaged.") from error
    if len(unpacked) > MAX_SITEMAP:
        raise BadArchiveError(f"The sitemap is larger than {MAX_SITEMAP:,} bytes, which the protocol does not allow.")
    return unpacked
