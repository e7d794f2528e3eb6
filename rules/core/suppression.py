"""What is known and left alone: comments in the source, a policy for the file, a baseline. A suppressed finding stays, marked.

<!-- copydesk: ignore stale-note -- the editor's series is still running -->      the next block
<!-- copydesk: ignore-file tracking-link, alt-missing -- partner content -->      the whole file
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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

    rule: str
    reason: str | None
    line: int | None
    block: int | None
    covers: range | None
    used: bool = False

    def takes(self, row: dict[str, Any], finding: Finding, order: _Order) -> bool:
        """Whether a finding is one that it speaks of."""
        if row["rule"] != self.rule:
            return False
        if self.covers is None:
            return True
        if finding.element is not None:
            return order.starts.get(finding.element, -1) in self.covers
        return bool(finding.places) and all(index == self.block for index in finding.blocks)


def suppress(
    article: Article, found: Sequence[Finding], rows: Sequence[dict[str, Any]], policy: Policy, known: set[str]
) -> list[dict[str, Any]]:
    """Marks the rendered findings that something leaves alone; gives the comments' own rows for the report."""
    order = _Order.of(article.root) if article.root is not None and "copydesk:" in article.source else _Order()
    comments = list(_read(article, order)) if order.starts else []
    for finding, row in zip(found, rows, strict=True):
        taker = next((comment for comment in comments if comment.takes(row, finding, order)), None)
        if taker is not None:
            taker.used = True
            row["suppressed"] = {"by": "comment", "reason": taker.reason}
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
    for node in sorted((node for node in order.starts if node.tag is etree.Comment), key=order.starts.__getitem__):
        match = _COMMENT.match(node.text or "")
        if match is None:
            continue
        block = _next_block(article, order, order.starts[node])
        end = order.ends.get(block.element, order.starts[node]) if block else order.starts[node]
        covers = range(order.starts[node], end + 1) if match[1] == "ignore" else None
        line = _line(article, match[0])
        for rule in filter(None, re.split(r"[,\s]+", match[2])):
            yield _Suppression(rule, match[3] or None, line, block.index if block else None, covers)


def _next_block(article: Article, order: _Order, at: int) -> Block | None:
    return next((block for block in article.blocks if block.text and order.begins(block) >= at), None)


def _line(article: Article, text: str) -> int | None:
    at = article.source.find(text)
    return None if at < 0 else article.source.count("\n", 0, at) + 1
