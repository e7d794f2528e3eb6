"""A web archive (WARC, ISO 28500), packed with gzip or not: the pages that a crawler kept."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from rules.core.decoding import MAX_BYTES
from rules.core.submission import parse_time
from service.sweeping.archive import open_archive
from service.sweeping.record import BrokenRecord, PageRecord, Record

PAGES = ("text/html", "application/xhtml+xml", "text/plain")
PIECE = 1 << 20  # bytes looked through at a time for the next record
GZIP, PLAIN = b"\x1f\x8b\x08", b"WARC/1."  # how a record begins


@dataclass(frozen=True)
class WarcArchive:
    """The answers with status 200 that hold a page; everything else in the file is no story."""

    path: str

    def size(self) -> int:
        """Bytes of the file."""
        return Path(self.path).stat().st_size

    def records(self) -> Iterator[Record]:
        """A record for each page, named by where it begins. Behind a damaged one the next is looked for."""
        name, size, at = Path(self.path).name, self.size(), 0
        with open_archive(self.path) as file:
            while at < size:
                file.seek(at)
                reading = _Reading(file, name, at)
                yield from reading.records()
                if reading.fault is None and reading.end >= size:
                    return
                at = _next_start(file, reading.end + 1, size)
                yield BrokenRecord(f"{name}#{reading.end}", at, reading.fault or "The record is cut off.")


@dataclass
class _Reading:
    """The records from one place on, until they end or one is damaged."""

    file: BinaryIO
    name: str
    end: int  # where the next record should begin
    fault: str | None = None

    def records(self) -> Iterator[Record]:
        found = ArchiveIterator(self.file)
        try:
            for record in found:
                content = record.content_stream().read(MAX_BYTES + 1)
                found.read_to_end()
                if record.raw_stream.limit > 0:
                    self.fault = "The record is cut off."
                    return
                start, self.end = self.end, found.offset
                if page := self._page(record, content, start):
                    yield page
        except (ArchiveLoadFailed, ValueError, OSError, EOFError, zlib.error) as error:
            self.fault = f"The record is damaged: {' '.join(str(error).split())[:60]!a}."

    def _page(self, record: ArcWarcRecord, content: bytes, start: int) -> Record | None:
        http = record.http_headers
        if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
            return None
        header = Message()
        header["Content-Type"] = http.get_header("Content-Type") or ""
        if header.get_content_type() not in PAGES:
            return None
        url, taken = (record.rec_headers.get_header(name) for name in ("WARC-Target-URI", "WARC-Date"))
        charset = header.get_content_charset()
        return PageRecord(f"{self.name}#{start}", self.end, url or "", content, charset, _moment(taken))


def _moment(text: str | None) -> datetime | None:
    try:
        return parse_time(text) if text else None
    except ValueError:
        return None


def _next_start(file: BinaryIO, at: int, size: int) -> int:
    """Where something that looks like a record begins, from ``at`` on; the end of the file when nothing does."""
    while at < size:
        file.seek(at)
        piece = file.read(PIECE)
        starts = [place for mark in (GZIP, PLAIN) if (place := piece.find(mark)) >= 0]
        if starts:
            return at + min(starts)
        at += max(1, len(piece) - len(PLAIN) + 1)
    return size
