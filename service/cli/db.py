"""``copydesk db``: the store's tables."""

import os

import click

from reports.database import open_database
from reports.settings import Settings
from service.cli.store import opened


@click.group()
def db() -> None:
    """Bring the store up to date, or check it."""


@db.command()
def upgrade() -> None:
    """Bring the tables up to date. The other commands and serve do so by themselves."""
    with opened():
        click.echo("The store is up to date.")


@db.command()
def check() -> None:
    """Exit 0 when the store answers, else 2 and say why."""
    database = open_database(Settings.from_environ(os.environ))
    try:
        database.check()
    finally:
        database.close()
    click.echo("The store answers.")
