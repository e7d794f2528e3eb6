"""What an archive consists of: records that are cheap to pass by, and read only where they are worked on."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rules.core.errors import BadMetadataError, UnreadableInputError
from rules.core.submission import Metadata, Submission
from service.cli.inputs import Input, read_input

LISTED_AS = {"id": "external_id", "title": "headline", "author": "byline", "lang": "language"}  # what scrapers call it
FIELDS = frozenset(Metadata.__dataclass_fields__)
TIMES = ("published_at", "modified_at")


@dataclass(frozen=True)
class Record:
    """One record: ``name`` says where it stands, ``end`` how far through the archive one is behind it (``Archive.size``)."""

    name: str
    end: int

    def read(self) -> Submission:
        """The submission. Raises UnreadableInputError with what is wrong with the record."""
        raise NotImplementedError

    def fetched(self) -> "Record":
        """The record with everything that ``read`` needs; only a page of a site has anything left to get."""
        return self

    def seen_at(self) -> datetime | None:
        """When its content was as it is, if the archive knows: it sorts a story's revisions that carry no date of their own."""
        return None


@dataclass(frozen=True)
class BrokenRecord(Record):
    """A part of the archive that holds no record any more."""

    reason: str

    def read(self) -> Submission:
        """Always raises."""
        raise UnreadableInputError(self.reason)


@dataclass(frozen=True)
class FileRecord(Record):
    """A file of a folder; it is opened where it is worked on."""

    path: str

    def read(self) -> Submission:
        """The file's content; a story's identity is its path in the folder."""
        read = read_input(Input(self.path), "auto")
        metadata = Metadata(external_id=self.name)
        return Submission(read.content, read.kind, path=self.name, metadata=metadata)

    def seen_at(self) -> datetime | None:
        """When the file was last written."""
        try:
            return datetime.fromtimestamp(Path(self.path).stat().st_mtime, UTC)
        except OSError:
            return None


@dataclass(frozen=True)
class LineRecord(Record):
    """A line of JSON: ``html`` or ``text``, ``url``, and the metadata, in an object of that name or beside them."""

    line: bytes

    def read(self) -> Submission:
        """The submission. Keys that mean nothing here are passed over."""
        given = _object(self.line)
        url, html, text = (_text(given, name) for name in ("url", "html", "text"))
        if bool(html) == bool(text):
            raise UnreadableInputError('A line must hold an "html" or a "text", and not both.')
        metadata = _metadata(given)
        return Submission(html or text or "", "html" if html else "text", path=self.name, url=url, metadata=metadata)


@dataclass(frozen=True)
class PageRecord(Record):
    """A page as it came over the network, now or when a crawler kept it."""

    url: str
    content: bytes
    charset: str | None
    taken_at: datetime | None = None

    def read(self) -> Submission:
        """The page."""
        return Submission(self.content, charset=self.charset, path=self.name, url=self.url)

    def seen_at(self) -> datetime | None:
        """When it was fetched."""
        return self.taken_at


def _object(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableInputError(f"The line is no JSON: {str(error)[:100]}.") from error
    if not isinstance(given, dict):
        raise UnreadableInputError("The line must be a JSON object.")
    return given


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise UnreadableInputError(f'"{name}" must be a string or null.')
    return value.encode("utf-8", "replace").decode() if value else None  # a lone surrogate can be written nowhere


def _metadata(given: dict[str, Any]) -> Metadata:
    inner = given.get("metadata")
    values = {LISTED_AS.get(name, name): value for name, value in given.items() if not isinstance(value, (dict, list))}
    known = {name: value for name, value in values.items() if name in FIELDS and value not in (None, "")}
    for name in TIMES:
        known[name] = _with_offset(known.get(name))
    try:
        return Metadata.from_mapping(known | (inner if isinstance(inner, dict) else {}))
    except BadMetadataError as error:
        raise UnreadableInputError(error.reason) from error


def _with_offset(value: Any) -> Any:
    """Archives write times without an offset for UTC; what is no time is refused later, by its name."""
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return value if when is None or when.tzinfo else when.replace(tzinfo=UTC).isoformat()
