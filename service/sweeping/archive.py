"""Archives, each read as a stream: what a sweep holds in memory does not grow with them."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from rules.core.decoding import MAX_BYTES
from service.cli.inputs import is_story
from service.errors import BadArchiveError
from service.sweeping.record import BrokenRecord, FileRecord, LineRecord, Record

MAX_LINE = 2 * MAX_BYTES  # JSON writes some characters as six
DAMAGED = "The gzip data is damaged from here on; pack the file anew."


class Archive(Protocol):
    """What a sweep reads. The order of the records is the same each time, which is what going on later rests on."""

    def size(self) -> int:
        """How much there is, in the units of ``Record.end``; 0 when that is not known."""
        ...

    def records(self) -> Iterator[Record]:
        """Every record in order."""
        ...


@dataclass(frozen=True)
class FolderArchive:
    """The stories of a folder, at any depth: nothing hidden, no symbolic links; sorted within each folder."""

    path: str

    def size(self) -> int:
        """The number of stories."""
        return sum(1 for _ in _stories(self.path))

    def records(self) -> Iterator[Record]:
        """A record for each file; only the names of one folder at a time are in memory."""
        for number, path in enumerate(_stories(self.path), 1):
            if isinstance(path, OSError):
                yield BrokenRecord(_shown(path.filename), number, f"The folder cannot be listed: {path.strerror}.")
            else:
                yield FileRecord(_shown(os.path.relpath(path, self.path)), number, path)


@dataclass(frozen=True)
class LineArchive:
    """A file of JSON lines, packed with gzip or not."""

    path: str

    def size(self) -> int:
        """Bytes of the file."""
        return Path(self.path).stat().st_size

    def records(self) -> Iterator[Record]:
        """A record for each line that is not blank. A line that is too long is passed by without holding it whole."""
        name = Path(self.path).name
        with open_archive(self.path) as file:
            lines = gzip.GzipFile(fileobj=file) if self.path.lower().endswith(".gz") else file
            number = 0
            while True:
                number += 1
                where = f"{_shown(name)}:{number}"
                try:
                    line = lines.readline(MAX_LINE + 1)
                    is_long = len(line) > MAX_LINE
                    if is_long:
                        _pass_line(lines)
                except (EOFError, zlib.error, gzip.BadGzipFile):
                    yield BrokenRecord(where, file.tell(), DAMAGED)
                    return
                if not line:
                    return
                if is_long:
                    yield BrokenRecord(where, file.tell(), f"The line is longer than {MAX_LINE:,} bytes.")
                elif line.strip():
                    yield LineRecord(where, file.tell(), line)


def open_archive(path: str) -> BinaryIO:
    """The file, for reading. Raises BadArchiveError."""
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise BadArchiveError(f"{path} cannot be read: {error.strerror}.") from error


def _pass_line(lines: BinaryIO | gzip.GzipFile) -> None:
    while (piece := lines.readline(io.DEFAULT_BUFFER_SIZE)) and not piece.endswith(b"\n"):
        pass


def _stories(folder: str) -> Iterator[str | OSError]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield error
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _stories(entry.path)
        elif is_story(entry.name) and entry.is_file(follow_symlinks=False):
            yield entry.path


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")
