"""``copydesk user``: the people who use the desk."""

import secrets
import sys

import click

from reports.accounts import ROLES, create_user, list_users, record, set_password
from service.cli.store import show_table, transaction

GENERATED = 12  # random bytes of a generated password: 16 characters, 96 bits


@click.group()
def user() -> None:
    """Add and list the people who use the desk."""


generate_option = click.option("--generate", is_flag=True, help="Make a random password and show it once.")


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
@click.option("--desk", help="The desk that they work for.")
@generate_option
def add(name: str, role: str, desk: str | None, generate: bool) -> None:  # noqa: FBT001 - click's way of a flag
    """Add a person. The password is asked for, or read from standard input, or made with --generate."""
    password = _password(generate=generate)
    with transaction() as (session, now):
        create_user(session, name, password, now, role=role, desk=desk)
        record(session, "command line", "user-added", {"name": name, "role": role}, now)
    click.echo(f"{name} can sign in as {role}.{_shown(password, generate=generate)}")


@user.command("list")
def list_() -> None:
    """List them."""
    with transaction() as (session, _):
        show_table(["name", "role", "desk", "since"], [(u.name, u.role, u.desk, u.created_at) for u in list_users(session)])


@user.command("password")
@click.argument("name")
@generate_option
def change_password(name: str, generate: bool) -> None:  # noqa: FBT001
    """Give a person another password."""
    password = _password(generate=generate)
    with transaction() as (session, now):
        set_password(session, name, password, now)
        record(session, "command line", "password-changed", {"name": name}, now)
    click.echo(f"{name} has another password.{_shown(password, generate=generate)}")


def random_password() -> str:
    """One that nobody guesses and that can be typed from a screen."""
    return secrets.token_urlsafe(GENERATED)


def _password(*, generate: bool) -> str:
    if generate:
        return random_password()
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _shown(password: str, *, generate: bool) -> str:
    return f" The password, shown this once: {password}" if generate else ""
