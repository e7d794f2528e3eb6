"""What a CMS, the API or the command line hands in: the content and what its sender knows about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal

from rules.core.decoding import storable
from rules.core.errors import BadMetadataError

ContentKind = Literal["auto", "html", "text"]


@dataclass(frozen=True)
class Metadata:
    """What the sender knows of the article; it wins over what the page says. Every field may be missing."""

    headline: str | None = None
    byline: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    section: str | None = None
    desk: str | None = None
    kind: str | None = None  # "news", "opinion", "review", "live-blog", "recipe", …
    external_id: str | None = None
    revision: str | None = None

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> "Metadata":
        """Metadata from JSON: strings, times as RFC 3339 with an offset. Numbers become strings, null is "not given".

        Raises BadMetadataError for an unknown key, a wrong type, or a time that is none.
        """
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(given) - known)
        if unknown:
            raise BadMetadataError(f"Unknown metadata {', '.join(unknown)}; known are {', '.join(sorted(known))}.")
        values: dict[str, Any] = {name: _read(name, value) for name, value in given.items() if value is not None}
        return cls(**values)

    def to_mapping(self) -> dict[str, str]:
        """The given fields as JSON: what ``from_mapping`` reads."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}


@dataclass(frozen=True)
class Submission:
    """One article as it was handed in. ``content`` is bytes as received, or text that somebody decoded already."""

    content: bytes | str
    kind: ContentKind = "auto"
    charset: str | None = None  # of the HTTP header, where there was one
    path: str | None = None  # the file's path, or the URL: what the report calls ``path``
    url: str | None = None
    metadata: Metadata = field(default_factory=Metadata)
    rendered: bool = False  # made here from a structured body: positions then point into this rendering


def parse_time(text: str) -> datetime:
    """An RFC 3339 time with an offset. Raises ValueError with what is wrong."""
    when = datetime.fromisoformat(text.strip())
    if when.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC; write it like 2026-03-20T20:14:00-06:00 or …Z")
    try:
        when.astimezone(UTC)
    except OverflowError as error:  # the year 1 east of Greenwich, the year 9999 west of it
        raise ValueError(f"{text!r} is outside the years 1 to 9999 in UTC") from error
    return when


def time_text(when: datetime | None) -> str | None:
    """RFC 3339 in UTC with Z, or None."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if when else None


def _read(name: str, value: object) -> str | datetime:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadMetadataError(f"Metadata {name} must be a string, not {type(value).__name__}.")
    text = storable(str(value))
    if name not in ("published_at", "modified_at"):
        return text
    try:
        return parse_time(text)
    except ValueError as error:
        raise BadMetadataError(f"Metadata {name}: {error}") from error
