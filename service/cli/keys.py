"""``copydesk keys``: the key that signs the desk's sessions."""

import os

import click

from reports.accounts import record
from reports.settings import Settings
from service.cli.store import transaction
from service.session_key import rotate_key


@click.group()
def keys() -> None:
    """Change the key that signs the desk's sessions (secrets of sources and tokens have commands of their own)."""


@keys.command()
def rotate() -> None:
    """Make another session key. Start the web again; then everybody signs in anew."""
    with transaction() as (session, now):
        record(session, "command line", "session-key-rotated", {}, now)
    rotate_key(Settings.from_environ(os.environ).data_dir)
    click.echo("There is another session key. Start the web again; then everybody signs in anew.")
