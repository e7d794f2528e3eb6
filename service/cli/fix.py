"""``copydesk fix``: applies the fixes that reports offer, to the byte."""

import difflib
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from reports.configuration import Configuration, read_configuration
from rules.core import repair
from rules.core.decoding import Decoded, decode
from rules.core.engine import lint
from rules.core.errors import UnreadableInputError
from rules.core.rule import Rule
from rules.core.submission import Submission
from service.cli.check import Time, chosen_rules
from service.cli.inputs import ADDRESSES, STANDARD_INPUT, Input, find_inputs, read_input

ROUNDS = 20  # a fix may lay another bare; a story that still changes after so many is left as it then is
UNREAD, WOULD_CHANGE = 2, 1


@click.command()
@click.argument("paths", metavar="PATH|DIR|-", nargs=-1, required=True)
@click.option("--diff", "show", is_flag=True, help="Show what would change, and change nothing; exit 1 if anything would.")
@click.option("--unsafe", is_flag=True, help="Also fixes that a person should look at.")
@click.option("--now", type=Time(), help="The time to reckon with. [default: the clock]")
@click.option("--select", metavar="RULE", multiple=True, help="Only this rule; several with commas or by repeating.")
@click.option("--ignore", metavar="RULE", multiple=True, help="All but this rule; likewise.")
def fix(
    paths: tuple[str, ...],
    show: bool,  # noqa: FBT001 - click's way of a flag
    unsafe: bool,  # noqa: FBT001
    now: datetime | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> int:
    """Apply the safe fixes to the source; nothing else in it changes.

    Standard input is written to standard output. Exit status: 0, or 1 with --diff when something would change; 2 for bad usage or
    an input that could not be read or written back byte for byte.
    """
    status = 0
    for given in find_inputs(paths):
        try:
            status = max(status, _fix(given, now or datetime.now(UTC), (select, ignore), show=show, unsafe=unsafe))
        except UnreadableInputError as error:
            click.echo(f"copydesk fix: {given.shown}: {error.reason}", err=True)
            status = UNREAD
    return status


def _fix(given: Input, now: datetime, rules: tuple[tuple[str, ...], tuple[str, ...]], *, show: bool, unsafe: bool) -> int:
    if given.path.lower().startswith(ADDRESSES):
        raise UnreadableInputError("Only a file can be fixed; save the page first.")
    configuration = read_configuration(given.path)
    submission = read_input(given, "auto")
    assert isinstance(submission.content, bytes)
    before = _exact(submission.content, given.path)
    after = _mend(before.text, submission, now, chosen_rules(*rules, configuration), configuration, unsafe=unsafe)
    if show:
        sys.stdout.writelines(_diff(before.text, after, given.shown))
        return WOULD_CHANGE if after != before.text else 0
    if given.path == STANDARD_INPUT:
        sys.stdout.buffer.write(before.bom + after.encode(before.encoding))
    elif after != before.text:
        _write(Path(given.path), before.bom + after.encode(before.encoding))
        click.echo(f"fixed {given.shown}", err=True)
    return 0


def _exact(content: bytes, path: str) -> Decoded:
    """The decoded input. Raises UnreadableInputError when it cannot be written back as it was."""
    if path.lower().endswith(".gz"):
        raise UnreadableInputError("It is packed; unpack it first, so that its bytes can be kept.")
    decoded = decode(content)
    if decoded.bom + decoded.text.encode(decoded.encoding, "replace") != content:
        raise UnreadableInputError(
            f"Its bytes are not all {decoded.encoding}; written back, others would change. Nothing was done."
        )
    return decoded


def _mend(
    text: str, submission: Submission, now: datetime, rules: tuple[Rule, ...], configuration: Configuration, *, unsafe: bool
) -> str:
    """The text after all fixes, until none is left."""
    for _ in range(ROUNDS):
        again = Submission(text, kind=submission.kind, path=submission.path)
        report = lint(again, now=now, rules=rules, policy=configuration.policy(submission.path or ""))
        edits = repair.edits(report["findings"], unsafe=unsafe)
        if not edits:
            break
        text = repair.apply(text, edits)
    return text


def _diff(before: str, after: str, name: str) -> Iterator[str]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, name, f"{name} (fixed)"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a new file in place of the old one, with its mode."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(path.stat().st_mode & 0o7777)
    os.replace(file.name, path)  # noqa: PTH105
