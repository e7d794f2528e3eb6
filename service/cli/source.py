"""``copydesk source``: who may call the webhook."""

import os
import sys

import click

from reports.accounts import record
from reports.settings import Settings
from reports.sources import create_source, list_sources
from service.cli.store import show_table, transaction


@click.group()
def source() -> None:
    """Add and list the senders that may call the webhook."""


@source.command()
@click.argument("name")
@click.option("--language", help="Two letters, for articles that do not say theirs.")
@click.option("--desk", help="The desk that handles its articles.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret (whsec_…) from standard input instead of making one.")
def add(name: str, language: str | None, desk: str | None, secret_stdin: bool) -> None:  # noqa: FBT001 - click's way of a flag
    """Add a sender; its secret is shown this once."""
    given = sys.stdin.readline().strip() if secret_stdin else None
    with transaction() as (session, now):
        made = create_source(session, name, now, secret=given, language=language, desk=desk)
        record(session, "command line", "source-added", {"name": name}, now)
        secret = made.secret_current
    settings = Settings.from_environ(os.environ)
    click.echo(f"Webhook: POST http://{settings.host}:{settings.port}/webhooks/{name}", err=True)
    if given is None:
        click.echo("Sign with this secret (Standard Webhooks), shown this once:", err=True)
        click.echo(secret)


@source.command("list")
def list_() -> None:
    """List them; secrets are not shown."""
    with transaction() as (session, _):
        rows = [(s.name, s.kind, s.language, s.desk, s.created_at) for s in list_sources(session)]
        show_table(["name", "kind", "language", "desk", "since"], rows)
