"""``copydesk check``: the engine over files, without a service."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import click

from reports.configuration import Configuration, read_baseline, read_configuration, write_baseline
from rules.core.catalogue import choose
from rules.core.findings import FAIL_ON, failing
from rules.core.rule import Rule
from rules.core.submission import ContentKind, parse_time
from service.cli.inputs import STANDARD_INPUT, find_inputs
from service.cli.linting import Check, lint_all
from service.cli.text import printable, render_report, render_sources, render_summary

Form = Literal["text", "json", "jsonl", "csv", "sarif", "rdjson", "github", "html"]
Report = dict[str, Any]
MANY = 16  # inputs from which several processes pay for their start
WIDTH_MAX = 100
FOUND, UNREAD = 1, 2


class Time(click.ParamType[datetime]):
    """RFC 3339 with an offset."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time; a usage error with what is wrong with it."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


@dataclass
class Tally:
    """What decides on the summary and the exit status."""

    threshold: str
    counts: list[dict[str, int]] = field(default_factory=list)
    unread: int = 0

    def add(self, report: Report) -> None:
        """Counts a report; one that could not be read is named on standard error at once."""
        for comment in report["suppressions"]:
            if not (comment["used"] and comment["known"]):
                problem = "leaves nothing alone; remove it" if comment["known"] else "is no rule that runs here"
                _warn(f"{report['path']}:{comment['line'] or 1}: the comment's {comment['rule']} {problem}.")
        if report["error"] is None:
            self.counts.append(report["summary"])
            return
        self.unread += 1
        _warn(f"{report['path']}: {report['error']['reason']}")

    @property
    def status(self) -> int:
        """2 when an input could not be read, 1 for findings at or above the threshold, else 0."""
        if self.unread:
            return UNREAD
        return FOUND if any(counts[word] for counts in self.counts for word in failing(self.threshold)) else 0


@click.command()
@click.argument("paths", metavar="PATH|DIR|URL|-", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(get_args(Form)), default="text", show_default=True)
@click.option("--now", type=Time(), help="The time to reckon with, such as 2026-03-20T20:14:00-06:00. [default: the clock]")
@click.option("--select", metavar="RULE", multiple=True, help="Only this rule; several with commas or by repeating.")
@click.option("--ignore", metavar="RULE", multiple=True, help="All but this rule; likewise.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="The least severity that exits 1. [default: the configuration's, else warning]",
)
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Leave alone what this file knows already.")
@click.option(
    "--write-baseline",
    "keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what is found into this file; exit 0.",
)
@click.option("--due", is_flag=True, help="Only what will be found later if nobody changes anything, and when.")
@click.option("--sources", is_flag=True, help="Who each story rests on, instead of what is wrong with it.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes to use. [default: one per processor]")
@click.option(
    "--input", "kind", type=click.Choice(["html", "text", "auto"]), default="auto", show_default=True, help="What the inputs are."
)
def check(
    paths: tuple[str, ...],
    form: Form,
    now: datetime | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    baseline: Path | None,
    keep: Path | None,
    sources: bool,  # noqa: FBT001 - click's way of a flag
    due: bool,  # noqa: FBT001 - click's way of a flag
    jobs: int | None,
    kind: ContentKind,
) -> int:
    """Find what slipped through.

    A URL is fetched if the site's robots.txt lets Copydesk.
    A folder is read whole: .html, .htm, .xhtml and .txt, also with .gz, nothing hidden, no symbolic links, sorted by path.
    In plain text blank lines stand between paragraphs, or each long line is one.
    Exit status: 0 clean, 1 findings, 2 bad usage, nothing to read or an input that could not be read.
    """
    configuration = read_configuration(paths[0])
    if baseline:
        configuration = replace(configuration, baseline=configuration.baseline | read_baseline(baseline))
    names = tuple(rule.name for rule in chosen_rules(select, ignore, configuration))
    if sources and form not in ("text", "json", "jsonl"):
        raise click.UsageError("--sources is written as text, json or jsonl.", click.get_current_context())
    asked = Check(now or datetime.now(UTC), kind, names, configuration, sources, form in _EXPORTS)
    inputs = list(find_inputs(paths))
    if not inputs:
        _warn(f"There is no .html, .htm, .xhtml or .txt file in {', '.join(paths)}.")
    otherwise = 0 if inputs else UNREAD  # the status where no report decides it
    processes = jobs or _processes(len(inputs))
    several = len(paths) > 1 or (paths[0] != STANDARD_INPUT and os.path.isdir(paths[0]))  # noqa: PTH112 - "-" is no path
    if sources:
        return _write_sources(_watched(lint_all(asked, inputs, processes), len(inputs)), form, several=several) or otherwise
    tally = Tally(fail_on or configuration.fail_on or "warning")
    reports = _counted(lint_all(asked, inputs, processes), tally)
    if due:
        return _write_due(_watched(reports, len(inputs)), tally) or otherwise
    known: list[dict[str, str]] = []
    passing = _kept(_watched(reports, len(inputs)), known)
    if form in _EXPORTS:
        _write_export(form, passing)
    else:
        _WRITERS[form](passing, tally, several)
    if keep:
        write_baseline(keep, known)
        return UNREAD if tally.unread else otherwise
    return tally.status or otherwise


def chosen_rules(select: tuple[str, ...], ignore: tuple[str, ...], configuration: Configuration) -> tuple[Rule, ...]:
    """The rules to run: what the options say goes before the configuration. A usage error when none is left."""
    chosen = choose(_names(select) or configuration.select, [*_names(ignore), *configuration.ignore])
    if not chosen:
        raise click.UsageError("--ignore leaves none of the rules.", click.get_current_context())
    return configuration.configure(chosen)


def _kept(reports: Iterator[Report], known: list[dict[str, str]]) -> Iterator[Report]:
    """The reports as they pass; ``known`` fills with what a baseline keeps of them."""
    for report in reports:
        known += [
            {"path": report["path"], "rule": finding["rule"], "fingerprint": finding["fingerprint"]}
            for finding in report["findings"]
        ]
        yield report


def _names(given: tuple[str, ...]) -> list[str]:
    return [name.strip() for item in given for name in item.split(",") if name.strip()]


def _processes(inputs: int) -> int:
    return (os.cpu_count() or 1) if inputs >= MANY else 1


def _counted(reports: Iterator[Report], tally: Tally) -> Iterator[Report]:
    for report in reports:
        tally.add(report)
        yield report


def _watched(reports: Iterator[Report], total: int) -> Iterator[Report]:
    """With a bar on standard error where somebody watches it; it makes way for what is written to the same terminal."""
    if total < MANY or not sys.stderr.isatty():
        yield from reports
        return
    shared = sys.stdout.isatty()
    with click.progressbar(length=total, file=sys.stderr) as bar:
        for report in reports:
            if shared:
                click.echo("\r\x1b[2K", err=True, nl=False)
            yield report
            sys.stdout.flush()
            bar.update(1)
            if shared:
                bar.render_progress()


def _write_text(reports: Iterator[Report], tally: Tally, _several: bool) -> None:  # noqa: FBT001 - one signature for all forms
    width, colour = _width(), _colour()
    for report in reports:
        if shown := render_report(report, width):
            click.echo(shown, color=colour)
    if tally.counts or not tally.unread:
        click.echo(render_summary(tally.counts, tally.unread), color=colour)


def _write_due(reports: Iterator[Report], tally: Tally) -> int:
    """A line for each finding that is not true yet, the next first."""
    rows = sorted(
        (item["due_at"], report["path"] or "", item["rule"], item["text"]) for report in reports for item in report["upcoming"]
    )
    for due_at, path, rule, text in rows:
        click.echo(f"{due_at}  {printable(path)}  {rule}  “{' '.join(printable(text).split())}”")
    return UNREAD if tally.unread else 0


def _write_sources(maps: Iterator[Report], form: Form, *, several: bool) -> int:
    """Who each story rests on; 2 when an input could not be read."""
    width, unread = _width(), []

    def readable() -> Iterator[Report]:
        for made in maps:
            if made["error"]:
                unread.append(made["path"])
                _warn(f"{made['path']}: {made['error']['reason']}")
            else:
                yield made

    if form == "text":
        for made in readable():
            click.echo(render_sources(made, width), color=_colour())
    else:
        _WRITERS[form](readable(), Tally("never"), several)
    return UNREAD if unread else 0


def _width() -> int:
    return min(shutil.get_terminal_size().columns, WIDTH_MAX)


def _colour() -> bool | None:
    """Whether to colour; None: as the terminal, or the lack of one, says."""
    return False if os.environ.get("NO_COLOR") else None


def _write_json(reports: Iterator[Report], _tally: Tally, several: bool) -> None:  # noqa: FBT001
    """One object, or an array: written as the reports come, however many they are."""
    between = "[\n" if several else ""
    for report in reports:
        _write(between + json.dumps(report, ensure_ascii=False, indent=2))
        between = ",\n"
    if several:
        _write("\n]\n" if between == ",\n" else "[]\n")
    else:
        _write("\n")


def _write_jsonl(reports: Iterator[Report], _tally: Tally, _several: bool) -> None:  # noqa: FBT001
    for report in reports:
        _write(json.dumps(report, ensure_ascii=False) + "\n")


def _write_export(form: Form, reports: Iterator[Report]) -> None:
    """A form that other tools read; those tools, and their imports, are needed for nothing else here."""
    from service.exports.forms import FORMS  # noqa: PLC0415
    from service.exports.sheet import Sheet  # noqa: PLC0415

    for piece in FORMS[form].write(Sheet(report, report.pop("source", None)) for report in reports):
        _write(piece)


def _write(text: str) -> None:
    """JSON is UTF-8, whatever the terminal's own encoding; a lone surrogate has no place in it."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def _warn(text: str) -> None:
    """One line on standard error."""
    click.echo(f"copydesk check: {' '.join(text.split())}", err=True)


_EXPORTS = ("csv", "sarif", "rdjson", "github", "html")
_WRITERS: dict[str, Callable[[Iterator[Report], Tally, bool], None]] = {
    "text": _write_text,
    "json": _write_json,
    "jsonl": _write_jsonl,
}
