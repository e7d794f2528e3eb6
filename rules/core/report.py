"""The report: what comes out, the same from the command line, the API and the callback (``copydesk.report/1``)."""

import hashlib
import html
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lxml.html import HtmlElement

from rules.core import repair
from rules.core.article import Article
from rules.core.findings import SEVERITIES, Finding, Place, Severity
from rules.core.positions import NOTE_MOVED, NOTE_NO_TEXT
from rules.core.rule import Rule
from rules.core.sourcing.attributions import Passage
from rules.core.submission import time_text

SCHEMA = "copydesk.report/1"
CONTEXT = 64  # characters of prefix and suffix: enough to anchor a quote (W3C Web Annotation's TextQuoteSelector)
ENGINE = "0.1.0"  # what pyproject.toml says too; asking the installation costs a twentieth of the start of a short check


def empty_report(path: str | None, ruleset: str, now: datetime) -> dict[str, Any]:
    """A report with every key and nothing found: the frame of all others."""
    return {
        "schema": SCHEMA,
        "path": path,
        "engine": ENGINE,
        "ruleset": ruleset,
        "checked_at": time_text(now),
        "complete": True,
        "error": None,
        "positions_in": "source",
        "article": {
            "url": None, "headline": None, "byline": None, "published_at": None, "modified_at": None, "language": None,
            "kind": None, "words": 0, "zone_assumed": False,
        },
        "summary": {"error": 0, "warning": 0, "note": 0},
        "gate": None,
        "findings": [],
        "upcoming": [],
        "attributions": [],
        "not_run": [],
        "suppressions": [],
    }  # fmt: skip


def describe(article: Article) -> dict[str, Any]:
    """The report's ``article``."""
    metadata = article.metadata
    return {
        "url": metadata.url,
        "headline": article.headline.text if article.headline else None,
        "byline": metadata.byline,
        "published_at": time_text(metadata.published_at),
        "modified_at": time_text(metadata.modified_at),
        "language": article.language,
        "kind": article.kind,
        "words": article.words,
        "zone_assumed": metadata.zone_assumed,
    }


def summarise(findings: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many findings of each severity are not suppressed."""
    return {word: sum(f["severity"] == word and not f["suppressed"] for f in findings) for word in SEVERITIES}


def render(article: Article, rule: Rule, finding: Finding) -> dict[str, Any]:
    """One finding as the report has it."""
    first = finding.places[0] if finding.places else None
    prefix, suffix = _around(article, finding.places)
    severity = min(finding.severity or rule.severity, rule.severity)
    span, note = _position(article, finding.places) if finding.element is None else _tag(article, finding.element)
    count = 1 + len(finding.repeats)
    return {
        "rule": rule.name,
        "version": rule.version,
        "category": rule.category,
        "kind": finding.kind,
        "severity": severity.word,
        "confidence": round(finding.confidence, 2),
        "message": _times(finding.message, count),
        "evidence": list(finding.evidence),
        "text": finding.shown,
        "prefix": prefix,
        "suffix": suffix,
        "block": _block(first),
        "span": span,
        "position_note": note,
        "xpath": _xpath(article, first.block.element if first else finding.element),
        "count": count,
        "also": [_bounds(_position(article, places)[0]) for places in finding.repeats],
        "suppressed": None,
        "fingerprint": fingerprint(rule, finding),
        "fix": _fix(article, finding, severity),
    }


def attributions(article: Article) -> list[dict[str, Any]]:
    """The report's ``attributions``: one for each stretch of content; null where a part has no place in the source."""
    return [
        {
            "kind": found.kind,
            "type": found.type,
            "source": _stretch(article, found.source),
            "cue": _stretch(article, found.cue),
            "content": _stretch(article, content),
        }
        for found in article.attributions
        for content in found.contents or (None,)
    ]


def _stretch(article: Article, passage: Passage | None) -> dict[str, Any] | None:
    if passage is None:
        return None
    bounds = article.positions.bounds(passage.block, passage.start, passage.end)
    return {"start": bounds[0], "end": bounds[1], "text": passage.text} if bounds else None


def fingerprint(rule: Rule, finding: Finding) -> str:
    """Identity across revisions: the rule, the normalised text and the structure around it; no offset, line or date."""
    place = finding.places[0] if finding.places else None
    context = [str(node.tag) for node in place.block.ancestors[:2]] if place else []
    parts = [rule.name, " ".join((finding.shown or finding.subject).lower().split()), finding.kind or "", *context]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _times(message: str, count: int) -> str:
    return message if count == 1 else f"{message.rstrip('.')}, {count} times."


def _around(article: Article, places: tuple[Place, ...]) -> tuple[str, str]:
    if not places or places[0].block.index < 0:
        return "", ""
    first, last = places[0], places[-1]
    before = first.block.text[: first.start]
    after = last.block.text[last.end :]
    if len(before) < CONTEXT and first.block.index:
        before = f"{article.blocks[first.block.index - 1].text}\n{before}"
    if len(after) < CONTEXT and last.block.index + 1 < len(article.blocks):
        after = f"{after}\n{article.blocks[last.block.index + 1].text}"
    return before[-CONTEXT:], after[:CONTEXT]


def _position(article: Article, places: tuple[Place, ...]) -> tuple[dict[str, int] | None, str | None]:
    if not places:
        return None, NOTE_NO_TEXT
    if places[0].block.element is None and article.root is not None:
        return None, NOTE_NO_TEXT
    first = article.positions.span(places[0].block, places[0].start, places[0].end)
    last = article.positions.span(places[-1].block, places[-1].start, places[-1].end)
    if first is None or last is None:
        return None, NOTE_MOVED
    return {"start": first.start, "end": last.end, "line": first.line, "column": first.column}, None


def _tag(article: Article, element: HtmlElement) -> tuple[dict[str, int] | None, str | None]:
    span = article.positions.tag(element)
    return (span._asdict(), None) if span else (None, NOTE_MOVED)


def _bounds(span: dict[str, int] | None) -> dict[str, int] | None:
    return {"start": span["start"], "end": span["end"]} if span else None


def _block(place: Place | None) -> dict[str, Any] | None:
    if place is None or place.block.index < 0:
        return None
    return {"index": place.block.index, "kind": place.block.kind, "text": place.block.text}


def _xpath(article: Article, element: HtmlElement | None) -> str | None:
    if element is None or article.root is None:
        return None
    steps: list[str] = []
    node: HtmlElement | None = element
    while node is not None:
        steps.append(_step(article, node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def _step(article: Article, node: HtmlElement) -> str:
    """The last step of an element's path; an element's children are counted once, however many findings they have."""
    steps, parent = article.once(_steps), node.getparent()
    if parent is None:
        return str(node.tag)
    if node not in steps:
        children = [child for child in parent if isinstance(child.tag, str)]
        counts, seen = Counter(child.tag for child in children), Counter[str]()
        for child in children:
            seen[child.tag] += 1
            steps[child] = f"{child.tag}[{seen[child.tag]}]" if counts[child.tag] > 1 else child.tag
    return steps[node]


def _steps(_: Article) -> dict[HtmlElement, str]:
    """The steps of the elements that were asked for, and of their siblings."""
    return {}


def _fix(article: Article, finding: Finding, severity: Severity) -> dict[str, Any] | None:
    if finding.fix in ("replace", "replace-unsafe"):
        return _replacement(article, finding)
    if finding.fix is None or not finding.whole:
        return None
    cut = repair.removal(article, finding)
    if cut is None:
        return None
    return {
        "title": cut.title,
        "safe": finding.fix == "remove" and severity is Severity.ERROR,
        "edits": [{"start": start, "end": end, "text": ""} for start, end in cut.spans],
    }


def _replacement(article: Article, finding: Finding) -> dict[str, Any] | None:
    """The text instead of each occurrence; None where the source's exact extent is not certain or holds markup."""
    spans = [_position(article, places)[0] for places in (finding.places, *finding.repeats)]
    if any(span is None or "<" in article.source[span["start"] : span["end"]] for span in spans):
        return None
    texts = [
        text if article.root is None else html.escape(text, quote=False) for text in (finding.replacement, *finding.rewritten)
    ]
    return {
        "title": f"Write “{finding.replacement}”" if finding.replacement else "Remove it",
        "safe": finding.fix == "replace",
        "edits": [
            {"start": span["start"], "end": span["end"], "text": text} for span, text in zip(spans, texts, strict=True) if span
        ],
    }
