"""A folder of Parquet: reports wait in a file of lines until they are enough for a part, which appears whole or not at all."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet as pq

from service.sweeping.checkpoint import Checkpoint, checkpoint_of, hold
from service.sweeping.columns import ARTICLES, FINDINGS, article_row, finding_rows
from service.sweeping.output import LineWriter

TABLES = {"articles": ARTICLES, "findings": FINDINGS}
PART_RECORDS = 20_000  # in a part: some ten megabytes of Parquet; 50 files a table for a million records
GROUP_BYTES = 4_000_000  # of lines in a row group, which is what is in memory at once: some 80 MB until it is written


@dataclass(frozen=True)
class ParquetOutput:
    """A folder that holds the folders ``articles`` and ``findings``, each with the parts of one table."""

    path: Path

    def is_taken(self) -> bool:
        """Whether there is anything but a folder of empty files."""
        return self.path.is_file() or any(file.is_file() and file.stat().st_size for file in self.path.rglob("*"))

    @contextmanager
    def opened(self) -> Iterator["PartWriter"]:
        """The folder, made if need be."""
        for name in TABLES:
            (self.path / name).mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("ab") as lock:
            hold(lock, str(self.path))
            writer = PartWriter(self.path)
            try:
                yield writer
            finally:
                writer.close()


@dataclass
class PartWriter:
    """Writes lines as into a file, and packs them into parts; a part is named by its first record."""

    folder: Path
    _lines: LineWriter | None = field(default=None, init=False)

    def catch_up(self, place: Checkpoint) -> Checkpoint:
        """The place behind the last line that waits whole."""
        waiting = self._open(place)
        for left in self.folder.glob(".waiting-*"):
            if left != self._waiting(place):  # packed, and the process ended before they were removed
                left.unlink()
        place = waiting.catch_up(place)
        return self._pack(place) if _is_full(place) else place

    def write(self, line: bytes, place: Checkpoint) -> Checkpoint:
        """One more line; with the last one of a part, the part."""
        assert self._lines is not None
        place = self._lines.write(line, place)
        return self._pack(place) if _is_full(place) else place

    def sync(self) -> None:
        """The lines that wait are on the disk, as the parts are."""
        assert self._lines is not None
        self._lines.sync()

    def finish(self, place: Checkpoint) -> Checkpoint:
        """What still waits becomes the last part; of an empty archive, a part without rows that says the columns."""
        if place.totals.records > place.packed or not place.packed:
            place = self._pack(place)
        self.close()
        self._waiting(place).unlink()
        return place

    def close(self) -> None:
        """Leaves what waits for the next time."""
        if self._lines is not None:
            self._lines.file.close()

    def _pack(self, place: Checkpoint) -> Checkpoint:
        """Makes the part. Ended anywhere within, it is made again from the same lines; what has its name already is the same."""
        made = [(self.folder / f".{name}.part", self.folder / name / f"part-{place.packed + 1:09}.parquet") for name in TABLES]
        self.sync()
        with self._waiting(place).open("rb") as lines:
            write_tables(lines, place.packed + 1, *(part for part, _ in made))
        for part, final in reversed(made):  # an article without its findings would look clean
            _sync(part)
            part.replace(final)
            _sync(final.parent)
        packed = replace(place, packed=place.totals.records, size=0)
        packed.save(checkpoint_of(self.folder))
        _sync(self.folder.parent)
        self.close()
        self._waiting(place).unlink()
        self._open(packed)
        return packed

    def _open(self, place: Checkpoint) -> LineWriter:
        self._lines = LineWriter(self._waiting(place).open("a+b"))
        return self._lines

    def _waiting(self, place: Checkpoint) -> Path:
        return self.folder / f".waiting-{place.packed + 1:09}.jsonl"


def write_tables(lines: BinaryIO, first: int, articles: Path, findings: Path) -> None:
    """Both tables of these lines, the first of which is record ``first``; a row group of each is in memory at a time."""
    with (
        pq.ParquetWriter(articles, ARTICLES, compression="zstd") as to_articles,
        pq.ParquetWriter(findings, FINDINGS, compression="zstd") as to_findings,
    ):
        for group in _groups(lines):
            reports = list(enumerate(map(json.loads, group), first))
            first += len(group)
            to_articles.write_table(pa.Table.from_pylist([article_row(*given) for given in reports], ARTICLES))
            rows = [row for given in reports for row in finding_rows(*given)]
            if rows:
                to_findings.write_table(pa.Table.from_pylist(rows, FINDINGS))


def _groups(lines: BinaryIO) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for line in lines:
        group.append(line)
        size += len(line)
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _is_full(place: Checkpoint) -> bool:
    return place.totals.records - place.packed >= PART_RECORDS


def _sync(path: Path) -> None:
    """A file's content, or a folder's names, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
