"""What a rule says: findings, the places they point at, and the edits that would mend them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal

from lxml.html import HtmlElement

from rules.core.article import Block

Category = Literal[
    "junk",
    "template",
    "encoding",
    "freshness",
    "sourcing",
    "consistency",
    "duplication",
    "links",
    "accessibility",
    "integrity",
]
REMOVES: frozenset[str] = frozenset({"junk", "template"})
"""The categories that say "this block is no part of the story"; only they may remove a block."""


class Severity(IntEnum):
    """Harm if the finding is true: a broken page or an untruth; something to act on; worth a look."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """``note``, ``warning`` or ``error``, as reports write it."""
        return self.name.lower()


SEVERITIES = tuple(severity.word for severity in sorted(Severity, reverse=True))
"""As reports write them, the gravest first."""
FAIL_ON = (*SEVERITIES, "never")
"""From what on a run or a gate fails."""


def failing(threshold: str) -> tuple[str, ...]:
    """The severities that fail at one of ``FAIL_ON``."""
    return SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold != "never" else ()


@dataclass(frozen=True)
class Place:
    """A stretch of one block's text: ``start`` and ``end`` are code points into ``block.text``."""

    block: Block
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there, as a reader sees it."""
        return self.block.text[self.start : self.end]


@dataclass(frozen=True)
class Finding:
    """One problem at one place, as a rule gives it; the engine adds positions, repeats and the fingerprint.

    ``places`` are the parts of one occurrence in reading order: one, or several neighbouring blocks of one box.
    It is empty for what is absent (a byline), stands in an attribute (``element``) or concerns the whole input.
    ``confidence`` is evidence from 0 to 1; ``severity`` is harm and never above the rule's own.
    """

    message: str
    places: tuple[Place, ...] = ()
    severity: Severity | None = None  # None: the rule's own
    confidence: float = 0.9
    evidence: tuple[str, ...] = ()
    kind: str | None = None
    fix: Literal["remove", "remove-unsafe", "replace", "replace-unsafe"] | None = None
    replacement: str = ""  # of ``replace``: what stands there instead, as text
    element: HtmlElement | None = (
        None  # what it is about where no text is at fault: a picture, a link; its start tag is the place
    )
    subject: str = ""  # what tells two findings about elements apart: an address
    text: str | None = None  # where there is no place in the story: a headline field, a number
    repeats: tuple[tuple[Place, ...], ...] = field(default=())  # the further occurrences, found by the engine
    rewritten: tuple[str, ...] = ()  # of ``replace``: what stands instead of each of these

    @property
    def shown(self) -> str:
        """The flagged text: the places joined by line feeds, or the text given, or nothing."""
        return self.text if self.text is not None else "\n".join(place.text for place in self.places)

    @property
    def blocks(self) -> Iterator[int]:
        """The indexes of every block it touches, repeats included."""
        for occurrence in (self.places, *self.repeats):
            yield from (place.block.index for place in occurrence)

    @property
    def whole(self) -> bool:
        """Whether it flags whole blocks, from their first character to their last."""
        return bool(self.places) and all((p.start, p.end) == (0, len(p.block.text)) for p in self.places)


@dataclass(frozen=True)
class Upcoming:
    """A finding that is not true yet: what will be said, and from when on (RFC 3339 in the report)."""

    text: str
    due_at: datetime
