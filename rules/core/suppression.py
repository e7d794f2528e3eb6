"""What is known and left alone: comments in the source, a policy for the file, a baseline. A suppressed finding stays, marked.

<!-- copydesk: ignore stale-note -- the editor's series is still running -->      the next block
<!-- copydesk: ignore-file tracking-link, alt-missing -- partner content -->      the whole file
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, count
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding

_COMMENT = re.compile(r"^\s*copydesk:\s*(ignore|ignore-file)\s+([a-z0-9, -]*?[a-z0-9])\s*(?:--\s*(.*?)\s*)?$", re.DOTALL)


@dataclass(frozen=True)
class Policy:
    """What a configuration and a baseline leave alone in one file: rules with a reason, and fingerprints."""

    rules: Mapping[str, str | None] = field(default_factory=dict)
    baseline: frozenset[str] = frozenset()


NO_POLICY = Policy()


@dataclass
class _Order:
    """Where nodes stand in the document: counters of their start and their end."""

    starts: dict[Any, int] = field(default_factory=dict)
    ends: dict[Any, int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: HtmlElement) -> "_Order":
        made = cls()
        made.starts.update({node: -number for number, node in enumerate(root.itersiblings(etree.Comment, preceding=True), 1)})
        for number, (event, node) in enumerate(etree.iterwalk(root, events=("start", "end", "comment"))):
            (made.ends if event == "end" else made.starts)[node] = number
        return made

    def begins(self, block: Block) -> int:
        """Where a block's text begins."""
        first = next((run for run in block.runs if run.text.strip()), None)
        if first is None or first.node is None:
            return self.starts.get(block.element, 0)
        return self.ends.get(first.node, self.starts[first.node]) if first.tail else self.starts[first.node]


@dataclass
class _Suppression:
    """One rule that a comment names; ``covers`` are the counters it reaches over, None the whole file."""

    number: int
    rule: str
    reason: str | None
    line: int | None
    block: int | None
    covers: range | None
    used: bool = False


class _Takers:
    """The comments that name one rule, by what they reach over; of several that reach a finding the first takes it."""

    def __init__(self, comments: Sequence[_Suppression]) -> None:
        self._whole = next((comment for comment in comments if comment.covers is None), None)
        self._near = [(comment, comment.covers) for comment in comments if comment.covers is not None]
        self._of_block = {comment.block: comment for comment, _ in reversed(self._near) if comment.block is not None}
        self._ends = list(accumulate((covers.stop for _, covers in self._near), max))

    def of(self, finding: Finding, order: _Order) -> list[_Suppression]:
        """The comments that a finding is left alone by; none where a part of it has none."""
        near = self._over(order.starts.get(finding.element, -1)) if finding.element is not None else self._before(finding)
        whole = [self._whole] if self._whole is not None else []
        return min(filter(None, (whole, near)), key=lambda comments: comments[0].number, default=[])

    def _over(self, at: int) -> list[_Suppression]:
        """The first comment that reaches over a counter. Ends only rise: the first that lies behind it is the only candidate."""
        first = bisect_right(self._ends, at)
        return [self._near[first][0]] if first < len(self._near) and at in self._near[first][1] else []

    def _before(self, finding: Finding) -> list[_Suppression]:
        """The first before each of the blocks that a finding is in, its repeats too."""
        found = [self._of_block.get(index) for index in sorted(set(finding.blocks))]
        return [] if None in found else [comment for comment in found if comment is not None]


def suppress(
    article: Article, found: Sequence[Finding], rows: Sequence[dict[str, Any]], policy: Policy, known: set[str]
) -> list[dict[str, Any]]:
    """Marks the rendered findings that something leaves alone; gives the comments' own rows for the report."""
    order = _Order.of(article.root) if article.root is not None and "copydesk:" in article.source else _Order()
    comments = list(_read(article, order)) if order.starts else []
    named: defaultdict[str, list[_Suppression]] = defaultdict(list)
    for comment in comments:
        named[comment.rule].append(comment)
    takers = {rule: _Takers(those) for rule, those in named.items()}
    for finding, row in zip(found, rows, strict=True):
        taken = takers[row["rule"]].of(finding, order) if row["rule"] in takers else []
        for comment in taken:
            comment.used = True
        if taken:
            row["suppressed"] = {"by": "comment", "reason": taken[0].reason}
        elif row["rule"] in policy.rules:
            row["suppressed"] = {"by": "configuration", "reason": policy.rules[row["rule"]]}
        elif row["fingerprint"] in policy.baseline:
            row["suppressed"] = {"by": "baseline", "reason": None}
    return [
        {
            "rule": comment.rule,
            "line": comment.line,
            "reason": comment.reason,
            "known": comment.rule in known,
            "used": comment.used,
        }
        for comment in comments
    ]


def _read(article: Article, order: _Order) -> Iterator[_Suppression]:
    """The comments of the source, in order."""
    blocks = [block for block in article.blocks if block.text]
    begins = list(accumulate((order.begins(block) for block in blocks), max))
    numbers, looked = count(), 0
    for node in sorted((node for node in order.starts if node.tag is etree.Comment), key=order.starts.__getitem__):
        match = _COMMENT.match(node.text or "")
        if match is None:
            continue
        at = order.starts[node]
        following = bisect_left(begins, at)
        block = blocks[following] if following < len(blocks) else None
        covers = range(at, (order.ends.get(block.element, at) if block else at) + 1) if match[1] == "ignore" else None
        place = article.source.find(match[0], looked)
        if place < 0:  # the parser moved it before another, or the source does not have it as such
            place = article.source.find(match[0])
        looked = max(looked, place + len(match[0]) if place >= 0 else 0)
        line = article.positions.at(place, place).line if place >= 0 else None
        for rule in filter(None, re.split(r"[,\s]+", match[2])):
            yield _Suppression(next(numbers), rule, match[3] or None, line, block.index if block else None, covers)
