"""``copydesk callback``: where a CMS is told of reports and of what became of findings."""

import sys

import click

from reports import callbacks
from reports.accounts import record
from service.cli.store import show_table, transaction

SHOWN = 60  # characters of a detail in the log


@click.group()
def callback() -> None:
    """Add, list and remove callbacks; see what was sent, and send it again."""


@callback.command()
@click.argument("source")
@click.argument("url")
@click.option("--secret-stdin", is_flag=True, help="Read the secret (whsec_…) from standard input instead of making one.")
def add(source: str, url: str, secret_stdin: bool) -> None:  # noqa: FBT001 - click's way of a flag
    """Tell URL of every report on SOURCE's articles. Its secret is shown this once."""
    given = sys.stdin.readline().strip() if secret_stdin else None
    with transaction() as (session, now):
        made = callbacks.add_callback(session, source, url, now, secret=given)
        record(session, "command line", "callback-added", {"source": source, "callback": made.id}, now)
        number, secret = made.id, made.secret
    click.echo(f"Callback {number}: {source} tells {url}", err=True)
    if given is None:
        click.echo("Check the calls with this secret (Standard Webhooks), shown this once:", err=True)
        click.echo(secret)


@callback.command("list")
def list_() -> None:
    """List them; secrets are not shown."""
    with transaction() as (session, _):
        rows = [
            (made.id, source, made.url, waiting, given_up, made.created_at, made.ended_at)
            for made, source, waiting, given_up in callbacks.list_callbacks(session)
        ]
        show_table(["callback", "source", "url", "waiting", "given up", "since", "ended"], rows)


@callback.command()
@click.argument("number", type=int)
def remove(number: int) -> None:
    """End callback NUMBER; its log stays."""
    with transaction() as (session, now):
        callbacks.remove_callback(session, number, now)
        record(session, "command line", "callback-removed", {"callback": number}, now)
    click.echo(f"Callback {number} is told nothing any more.")


@callback.command()
@click.argument("number", type=int)
@click.option(
    "--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many messages, the newest first."
)
def log(number: int, limit: int) -> None:
    """Show what callback NUMBER was sent: every try, and when the next one is due."""
    with transaction() as (session, _):
        rows = [
            (
                message.id,
                message.kind,
                message.state,
                attempt.at if attempt else None,
                attempt.status if attempt else None,
                attempt.milliseconds if attempt else None,
                ascii(attempt.detail)[1:-1][:SHOWN] if attempt else None,
                message.next_at if message.state == "waiting" else None,
            )
            for message, attempt in callbacks.log_of(session, number, limit)
        ]
        show_table(["message", "tells", "state", "tried", "status", "ms", "said", "next"], rows)


@callback.command()
@click.argument("message", type=int)
def redeliver(message: int) -> None:
    """Send MESSAGE, as the log numbers it, once more."""
    with transaction() as (session, now):
        callbacks.redeliver(session, message, now)
        record(session, "command line", "message-redelivered", {"message": message}, now)
    click.echo(f"Message {message} is sent again by the running scheduler.")
