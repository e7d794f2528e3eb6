"""The fixes that a report offers, as differences, and the source with the safe ones made."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.core import repair
from rules.core.article import read
from rules.core.errors import UnreadableInputError
from rules.core.submission import Submission

CONTEXT = 60  # characters of the source kept on either side of an edit
SHOWN = 600  # characters of one removed stretch; a whole form can be much longer
UNCHANGED = 2  # lines around a change in the whole difference


@dataclass(frozen=True)
class Edit:
    """One edit with what stands around it."""

    before: str
    removed: str
    added: str
    after: str


@dataclass(frozen=True)
class Line:
    """A line of the whole difference: "+", "-", " ", or "@" where lines were left out."""

    sign: str
    text: str


def source_of(submission: Submission) -> str | None:
    """The decoded source that positions count in; None when it cannot be read."""
    try:
        return read(submission).source
    except UnreadableInputError:
        return None


def edits_of(fix: Mapping[str, Any] | None, source: str) -> tuple[Edit, ...]:
    """A fix's edits in the source, in its order."""
    rows = sorted(fix["edits"], key=lambda edit: edit["start"]) if fix else ()
    return tuple(_edit(row, source) for row in rows)


def cleaned(source: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """The source with the safe fixes of ``findings`` made, those that do not overlap."""
    return repair.apply(source, repair.edits([dict(finding) for finding in findings], unsafe=False))


def difference(source: str, mended: str) -> Iterator[Line]:
    """What changed, line by line."""
    lines = difflib.unified_diff(source.splitlines(), mended.splitlines(), n=UNCHANGED, lineterm="")
    for line in lines:
        if line.startswith(("---", "+++")) and not line[3:].strip():
            continue
        yield Line(line[:1], "" if line.startswith("@@") else line[1:])


def _edit(row: Mapping[str, Any], source: str) -> Edit:
    start, end = row["start"], row["end"]
    removed = source[start:end]
    short = removed if len(removed) <= SHOWN else f"{removed[: SHOWN // 2]}\n…\n{removed[-SHOWN // 2 :]}"
    return Edit(_tail(source[max(0, start - CONTEXT) : start]), short, row["text"], _head(source[end : end + CONTEXT]))


def _tail(text: str) -> str:
    """The last line of what stands before, so that a difference begins where a reader expects it."""
    return text.rsplit("\n", 1)[-1]


def _head(text: str) -> str:
    return text.split("\n", 1)[0]
