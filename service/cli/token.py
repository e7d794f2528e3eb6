"""``copydesk token``: keys to the API."""

import click

from reports.accounts import SCOPES, create_token, list_tokens, record, revoke_token
from service.cli.store import show_table, transaction


@click.group()
def token() -> None:
    """Make, list and revoke tokens for the API."""


@token.command()
@click.argument("label")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, default=("read",), show_default=True)
def add(label: str, scopes: tuple[str, ...]) -> None:
    """Make a token; LABEL says who uses it. Its secret is shown this once, alone on a line."""
    with transaction() as (session, now):
        _, secret = create_token(session, label, list(scopes), now)
        record(session, "command line", "token-added", {"label": label, "scopes": list(scopes)}, now)
    click.echo("Shown this once; send it as Authorization: Bearer …", err=True)
    click.echo(secret)


@token.command("list")
def list_() -> None:
    """List them by their beginnings; the secrets are not kept."""
    with transaction() as (session, _):
        rows = [(t.prefix, t.label, ",".join(t.scopes), t.created_at, t.last_used_at, t.revoked_at) for t in list_tokens(session)]
        show_table(["begins", "label", "scopes", "made", "last used", "revoked"], rows)


@token.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """End a token, named by its beginning as the list shows it."""
    with transaction() as (session, now):
        revoke_token(session, prefix, now)
        record(session, "command line", "token-revoked", {"prefix": prefix}, now)
    click.echo(f"{prefix}… opens nothing any more.")
