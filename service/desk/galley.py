"""The galley: the story's blocks with the marks set in them, and each finding beside the block that it is about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from rules.core.engine import Mark
from rules.core.findings import SEVERITIES


@dataclass(frozen=True)
class Note:
    """One finding as it stands in the margin; ``number`` is its place in reading order, from 1."""

    number: int
    finding: Mapping[str, Any]

    @property
    def severity(self) -> str:
        return str(self.finding["severity"])


@dataclass(frozen=True)
class Piece:
    """A stretch of a block's text. ``severity`` is the gravest mark over it; ``closing`` the notes whose mark ends here."""

    text: str
    severity: str | None = None
    numbers: tuple[int, ...] = ()
    closing: tuple[int, ...] = ()


@dataclass
class Row:
    """One block of the story and the notes that hang beside it."""

    index: int
    kind: str
    pieces: tuple[Piece, ...]
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Galley:
    """The proof: rows in reading order, and the notes that belong to no single place in them."""

    rows: tuple[Row, ...]
    unplaced: tuple[Note, ...]

    @property
    def marks(self) -> int:
        """How many places in the text are marked."""
        return sum(len(piece.closing) for row in self.rows for piece in row.pieces)


def make_galley(story: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]], marks: Iterable[Mark]) -> Galley:
    """Sets ``marks`` in the text of ``story`` and hangs each finding beside its first mark."""
    placed = sorted(marks, key=lambda mark: (mark.block, mark.start, mark.end))
    notes = _number(findings, placed)
    inside: defaultdict[int, list[Mark]] = defaultdict(list)
    for mark in placed:
        inside[mark.block].append(mark)
    rows = tuple(
        Row(block["index"], block["kind"], tuple(_pieces(block["text"], inside[block["index"]], notes))) for block in story
    )
    hung = _hang(rows, placed, notes)
    return Galley(rows, tuple(note for index, note in notes.items() if index not in hung))


def _number(findings: Sequence[Mapping[str, Any]], placed: Sequence[Mark]) -> dict[int, Note]:
    """Notes by the finding's index, numbered in reading order; findings without a place come first."""
    marked = dict.fromkeys(mark.finding for mark in placed)
    unmarked = [index for index in range(len(findings)) if index not in marked]
    return {index: Note(number, findings[index]) for number, index in enumerate([*unmarked, *marked], start=1)}


def _hang(rows: Iterable[Row], placed: Iterable[Mark], notes: Mapping[int, Note]) -> set[int]:
    by_index = {row.index: row for row in rows}
    hung: set[int] = set()
    for mark in placed:
        if mark.finding not in hung and mark.block in by_index:
            by_index[mark.block].notes.append(notes[mark.finding])
            hung.add(mark.finding)
    return hung


def _pieces(text: str, marks: Sequence[Mark], notes: Mapping[int, Note]) -> Iterator[Piece]:
    """The text, cut wherever a mark begins or ends, so that marks may overlap."""
    cuts = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    for start, end in pairwise(cuts):
        over = [mark for mark in marks if mark.start < end and mark.end > start]
        here = [notes[mark.finding] for mark in over]
        severity = min((note.severity for note in here), key=SEVERITIES.index, default=None)
        closing = tuple(notes[mark.finding].number for mark in over if mark.end == end)
        yield Piece(text[start:end], severity, tuple(note.number for note in here), closing)
