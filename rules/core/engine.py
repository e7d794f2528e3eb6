"""The engine: one article, the rules, one report. Same bytes, same ``now``, same rules: the same report."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from rules.core import report
from rules.core.article import UNKNOWN, Article, read
from rules.core.catalogue import choose, ruleset_hash
from rules.core.errors import UnreadableInputError
from rules.core.findings import Finding, Severity
from rules.core.resolution import resolve
from rules.core.rule import BudgetExceededError, Context, NotRunError, Rule, budget_for
from rules.core.similarity import Neighbour
from rules.core.sourcing.summary import describe
from rules.core.submission import Submission, time_text
from rules.core.suppression import NO_POLICY, Policy, suppress


class Mark(NamedTuple):
    """Where a finding stands in the story that the desk shows: code points into one row's text."""

    block: int
    start: int
    end: int
    finding: int


@dataclass
class _Run:
    """What came of running the rules over one article."""

    found: list[tuple[Rule, Finding]] = field(default_factory=list)
    upcoming: list[dict[str, Any]] = field(default_factory=list)
    not_run: list[dict[str, str]] = field(default_factory=list)


def lint(
    submission: Submission,
    *,
    now: datetime,
    rules: Sequence[Rule] | None = None,
    policy: Policy = NO_POLICY,
    neighbours: Sequence[Neighbour] = (),
    ceilings: Mapping[str, Severity] = MappingProxyType({}),
    strict: bool = False,
    opened: Article | None = None,
    watch: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> dict[str, Any]:
    """The report on a submission, with every key of ``docs/report.schema.json``.

    An input that cannot be read gives a report with ``error``. ``policy`` says what is known and left alone, ``neighbours``
    which other articles the store knows to be alike, ``ceilings`` what a rule's findings carry at most. ``strict`` lets a
    rule's crash through (tests). Each rule runs inside ``watch(its name)``, for a caller that has a clock. ``opened`` is the
    article of ``open_article``, where the caller has it already.
    """
    chosen = choose() if rules is None else tuple(rules)
    made = report.empty_report(submission.path, ruleset_hash(chosen, ceilings), now)
    made["positions_in"] = "rendering" if submission.rendered else "source"
    try:
        article = read(submission) if opened is None else opened
    except UnreadableInputError as error:
        return made | {"error": {"reason": error.reason}, "complete": False}
    run = _Run()
    for rule in chosen:
        with watch(rule.name):
            _run(rule, article, Context(now, budget_for(article), neighbours=tuple(neighbours)), run, strict=strict)
    found = resolve([(rule, _lowered(rule, finding, ceilings)) for rule, finding in run.found])
    findings = [report.render(article, rule, finding) for rule, finding in found]
    suppressions = suppress(article, [finding for _, finding in found], findings, policy, {rule.name for rule in chosen})
    return made | {
        "article": report.describe(article),
        "complete": not any(finding["category"] == "integrity" for finding in findings),
        "summary": report.summarise(findings),
        "findings": findings,
        "upcoming": sorted(run.upcoming, key=lambda row: (row["due_at"], row["rule"], row["text"])),
        "attributions": report.attributions(article),
        "not_run": run.not_run,
        "suppressions": suppressions,
    }


def _lowered(rule: Rule, finding: Finding, ceilings: Mapping[str, Severity]) -> Finding:
    ceiling = ceilings.get(rule.name)
    return finding if ceiling is None else replace(finding, severity=min(finding.severity or rule.severity, ceiling))


def _run(rule: Rule, article: Article, context: Context, run: _Run, *, strict: bool) -> None:
    """Runs one rule; a crash, an overspent budget or a missing date costs its findings alone and is named."""
    if rule.languages is not None and article.language not in rule.languages:
        said = "the article's language is not known" if article.language == UNKNOWN else f"the article is in {article.language}"
        reason = f"{said}; the rule reads {', '.join(sorted(rule.languages))}"
        run.not_run.append({"rule": rule.name, "reason": reason})
        return
    try:
        found = [(rule, finding) for finding in rule.check(article, context)]
    except NotRunError as error:
        run.not_run.append({"rule": rule.name, "reason": str(error)})
    except BudgetExceededError:
        run.not_run.append({"rule": rule.name, "reason": "over its work budget"})
    except Exception as error:
        if strict:
            raise
        import logging  # noqa: PLC0415 - only here: it costs the start of a short check a fiftieth

        logging.getLogger(__name__).exception("rule %s crashed", rule.name)
        run.not_run.append({"rule": rule.name, "reason": f"crashed: {type(error).__name__}"})
    else:
        run.found += found
        run.upcoming += [{"rule": rule.name, "text": item.text, "due_at": time_text(item.due_at)} for item in context.upcoming]


def open_article(submission: Submission) -> Article | None:
    """The article, for who asks more than one thing of it; None when it cannot be read."""
    try:
        return read(submission)
    except UnreadableInputError:
        return None


def story(submission: Submission) -> list[dict[str, Any]]:
    """The story's blocks for showing: rows of index, kind and text, in reading order. Empty when it cannot be read."""
    article = open_article(submission)
    return [] if article is None else _rows(article)


def _rows(article: Article) -> list[dict[str, Any]]:
    return [{"index": block.index, "kind": block.kind, "text": block.text} for block in article.blocks if block.text]


def sources_of(submission: Submission) -> dict[str, Any]:
    """Who the story rests on, as ``check --sources`` and the desk show it; ``error`` says why it could not be read."""
    made = {"path": submission.path, "error": None}
    try:
        article = read(submission)
    except UnreadableInputError as error:
        return made | {"error": {"reason": error.reason}}
    return made | describe(article)


def text_of(article: Article | None) -> str:
    """The story's text without the lines of blocks that have none, such as pictures; nothing when it could not be read."""
    return "\n".join(block.text for block in article.blocks if block.text) if article else ""


def marks(made: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[Mark]:
    """Where the report's findings stand in the story's rows, every repeat included, in reading order."""
    numbered = {row["index"]: number for number, row in enumerate(rows)}
    found: list[Mark] = []
    for number, finding in enumerate(made["findings"]):
        first = numbered.get(finding["block"]["index"]) if finding["block"] is not None and finding["text"] else None
        if first is not None:
            found += _marks(number, finding, rows, first)
    return sorted(found, key=lambda mark: (mark.block, mark.start, mark.end, mark.finding))


def _marks(number: int, finding: dict[str, Any], rows: Sequence[dict[str, Any]], first: int) -> list[Mark]:
    made: list[Mark] = []
    for start in range(first, len(rows)):
        made += _occurrence(number, finding, rows, start)
        if made and finding["count"] == 1:
            break
    return made


def _occurrence(number: int, finding: dict[str, Any], rows: Sequence[dict[str, Any]], start: int) -> list[Mark]:
    """One occurrence that begins in row ``start``: inside it, or over it and the rows after it."""
    text, row = finding["text"], rows[start]
    before = finding["prefix"].rpartition("\n")[2] if finding["count"] == 1 else ""
    at = row["text"].find(before + text) + len(before) if before + text in row["text"] else row["text"].find(text)
    if at >= 0:
        return [Mark(row["index"], at, at + len(text), number)]
    made: list[Mark] = []
    rest = text
    for row in rows[start:]:
        if not rest.startswith(row["text"]):
            break
        made.append(Mark(row["index"], 0, len(row["text"]), number))
        rest = rest[len(row["text"]) :].removeprefix("\n")
        if not rest:
            return made
    return []
