"""``copydesk jobs``: what was set aside after three tries."""

import click

from reports.accounts import record
from reports.jobs import retry as try_again
from reports.set_aside import jobs_set_aside
from service.cli.store import show_table, transaction

ERROR = 100  # characters of an error in a row of the terminal


@click.group()
def jobs() -> None:
    """List the jobs that were set aside, or try one again."""


@jobs.command("list")
def list_() -> None:
    """List them, each with what its last try said."""
    with transaction() as (session, _):
        rows = [
            (row.id, row.source, row.queued_at, row.attempts, _line(row.headline, 40), _line(row.error, ERROR))
            for row in jobs_set_aside(session)
        ]
    show_table(["job", "source", "queued", "tries", "story", "error"], rows)


@jobs.command()
@click.argument("number", type=click.IntRange(1, 2_147_483_647))
def retry(number: int) -> None:
    """Give job NUMBER three more tries; the scheduler rings for it within seconds."""
    with transaction() as (session, now):
        try_again(session, number, now)
        record(session, "command line", "job-retried", {"job": number}, now)
    click.echo(f"Job {number} is queued again.")


def _line(text: str | None, size: int) -> str:
    """One line of a terminal, whatever a story or an error holds: nothing in it steers the terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text or "-")
    return plain if len(plain) <= size else plain[: size - 1] + "…"
