"""A report beside the text that it is about: what an export needs to say where a finding ends."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

Report = dict[str, Any]


class Point(NamedTuple):
    """A place in the source: its line and column from 1, and the column counted in bytes of UTF-8."""

    line: int
    column: int
    byte_column: int


@dataclass(frozen=True)
class Sheet:
    """``source`` is the decoded text that the report's offsets count in; None where nobody kept it."""

    report: Report
    source: str | None = None

    @property
    def path(self) -> str:
        """Where the article came from, as the tools that read exports compare it; a hyphen for standard input."""
        path: str = self.report["path"] or self.report["article"]["url"] or "-"
        return path.removeprefix("./") or path

    @property
    def findings(self) -> list[Report]:
        """What is to be acted on: everything that nobody left alone."""
        return [finding for finding in self.report["findings"] if not finding["suppressed"]]

    def point(self, offset: int) -> Point | None:
        """The place of an offset; None without the source."""
        if self.source is None:
            return None
        line = bisect_right(self._lines, offset)
        before = self.source[self._lines[line - 1] : offset]
        return Point(line, len(before) + 1, len(before.encode("utf-8", "replace")) + 1)

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line starts; a line ends at LF, CR or CRLF, as in the report's own lines."""
        text, starts, at = self.source or "", [0], 0
        while at < len(text):
            ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
            if not ends:
                break
            at = min(ends) + 1
            if text[at - 1] == "\r" and text[at : at + 1] == "\n":
                at += 1
            starts.append(at)
        return starts
