"""``copydesk source``: who may call the webhook, with which secret, and what came of it."""

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from reports import sources
from reports.accounts import record
from reports.deliveries import delivery_log
from reports.models import Source
from reports.settings import Settings
from reports.sources import get_source, list_sources
from service.cli.store import opened, show_table, transaction
from service.sources import WEEK, Wanted, add_source, change_source, check_secret, hook_path, new_secret
from service.webhooks.kind import Ignored
from service.webhooks.kinds import KINDS, find_kind
from workers.listing import HOW

BODY_MAX = 10_000_000  # bytes, as the webhook itself takes


@click.group()
def source() -> None:
    """Add and list the senders that may call the webhook, and see what they sent."""


@dataclass(frozen=True)
class Given:
    """The options that ``add`` and ``change`` share, as they were typed."""

    language: str | None
    desk: str | None
    origin: tuple[str, ...]
    option: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    reconcile: str | None
    reconcile_url: str | None
    reconcile_key: str | None
    every: int | None

    def wanted(self) -> Wanted:
        """What they ask for. A usage error for an option that is no NAME=VALUE."""
        pairs = [item.partition("=") for item in self.option]
        if bad := next((name for name, equals, _ in pairs if not equals), None):
            raise click.UsageError(f"--option {bad!r} must be NAME=VALUE.", click.get_current_context())
        look = {"reconcile": self.reconcile, "reconcile_url": self.reconcile_url, "reconcile_key": self.reconcile_key}
        reconcile: dict[str, Any] = {name: value for name, value in look.items() if value}
        if self.every is not None:
            reconcile["reconcile_minutes"] = self.every
        rules = {"select": _names(self.select), "ignore": _names(self.ignore)}
        return Wanted(
            self.language,
            self.desk,
            " ".join(self.origin) or None,
            {name: value for name, _, value in pairs},
            {name: chosen for name, chosen in rules.items() if chosen},
            reconcile,
        )


def about_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what a source is like."""
    for option in reversed(
        (
            click.option("--language", help="Two letters, for articles that do not say theirs."),
            click.option("--desk", help="The desk that handles its articles."),
            click.option("--origin", multiple=True, help="Where its pages may be fetched from: https://www.northgate.example"),
            click.option(
                "--option", multiple=True, metavar="NAME=VALUE", help="Of its kind; `copydesk source kinds` lists them."
            ),
            click.option("--select", multiple=True, metavar="RULE", help="Only these rules on its articles."),
            click.option("--ignore", multiple=True, metavar="RULE", help="All but these rules."),
            click.option("--reconcile", type=click.Choice(sorted(HOW)), help="How to look for what no webhook brought."),
            click.option("--reconcile-url", help="Where its list is, if not at the usual place."),
            click.option("--reconcile-key", help="The key of Ghost's Content API."),
            click.option("--every", type=click.IntRange(5, WEEK), metavar="MINUTES", help="Look by itself, this often."),
        )
    ):
        command = option(command)
    return command


@source.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(sorted(KINDS)), default="standard", show_default=True, help="What sends.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input instead of making one.")
@about_options
def add(name: str, kind: str, secret_stdin: bool, **given: Any) -> None:  # noqa: FBT001 - click's way of a flag
    """Add a sender; its secret is shown this once."""
    secret = sys.stdin.readline().strip() if secret_stdin else None
    with transaction() as (session, now):
        made = add_source(session, name, kind, Given(**given).wanted(), now, secret)
        record(session, "command line", "source-added", {"name": name, "kind": kind}, now)
    _show_hook(made)
    if secret is None:
        click.echo(f"The secret for {find_kind(kind).label}, shown this once:", err=True)
        click.echo(made.secret_current)


@source.command()
@click.argument("name")
@about_options
def change(name: str, **given: Any) -> None:
    """Change what is said of a sender; what is not named stays."""
    with transaction() as (session, now):
        change_source(get_source(session, name), Given(**given).wanted(), now)
        record(session, "command line", "source-changed", {"name": name}, now)
    click.echo(f"{name} is changed.")


@source.command("list")
def list_() -> None:
    """List them; secrets are not shown."""
    with transaction() as (session, _):
        rows = [(s.name, s.kind, s.origin, s.language, s.desk, s.created_at) for s in list_sources(session)]
        show_table(["name", "kind", "origin", "language", "desk", "since"], rows)


@source.command()
def kinds() -> None:
    """List the kinds of senders and what may be set for each."""
    for kind in KINDS.values():
        click.echo(f"{kind.name}: {kind.label}")
        for name, help_ in kind.options.items():
            click.echo(f"  {name}: {help_}")


@source.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a sender, and its last ten calls."""
    with transaction() as (session, _):
        found = get_source(session, name)
        rotating = "two secrets are good: a rotation is under way" if found.secret_next else "one secret is good"
        secret_names = ("reconcile_key",)
        options = {key: "…" if key in secret_names else value for key, value in found.options.items()}
        rows = [
            ("kind", found.kind), ("webhook", hook_path(found)), ("secrets", rotating if found.secret_current else "none"),
            ("origin", found.origin), ("language", found.language), ("desk", found.desk), ("rules", found.rules or "all"),
            *sorted(options.items()), ("last look", found.reconciled_at), ("next look", found.reconcile_at),
        ]  # fmt: skip
        show_table(["of", found.name], rows)
        click.echo()
        _show_log(session, found, 10)


@source.command("log")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True)
def log_(name: str, limit: int) -> None:
    """Show what a sender sent, the newest first, and what became of it."""
    with transaction() as (session, _):
        _show_log(session, get_source(session, name), limit)


@source.command()
@click.argument("name")
@click.argument("delivery")
def redeliver(name: str, delivery: str) -> None:
    """Take a kept delivery in once more, by its number in the log."""
    from service.redelivery import redeliver as again  # noqa: PLC0415 - it needs the web's receiver, which starts slowly
    from workers.app import create_celery  # noqa: PLC0415
    from workers.ring import ring  # noqa: PLC0415

    settings = Settings.from_environ(os.environ)
    celery = create_celery(settings)
    with opened() as database:
        try:
            taken = again(database, lambda job: ring(celery, job), name, delivery, datetime.now(UTC), secrets.token_hex(4))
        except Ignored as ignored:
            raise click.ClickException(f"It is left alone: {ignored.reason}") from ignored
    for accepted in taken:
        click.echo(f"{accepted.kept_as}: {accepted.status}, article {accepted.article_id}")


@source.command()
@click.argument("name")
@click.option("--secret-stdin", is_flag=True, help="Read the new secret from standard input instead of making one.")
@click.option("--finish", is_flag=True, help="End the rotation: only the new secret is good from now on.")
@click.option("--cancel", is_flag=True, help="Take the new secret back.")
def rotate(name: str, secret_stdin: bool, finish: bool, cancel: bool) -> None:  # noqa: FBT001 - click's way of a flag
    """Begin to change a sender's secret; old and new are good until --finish, so no call is lost."""
    with transaction() as (session, now):
        found = get_source(session, name)
        if finish or cancel:
            (sources.finish_rotation if finish else sources.cancel_rotation)(found)
            said = "Only the new secret is good." if finish else "The new secret is taken back."
        else:
            secret = sys.stdin.readline().strip() if secret_stdin else new_secret(find_kind(found.kind))
            check_secret(find_kind(found.kind), secret, found.options)
            sources.begin_rotation(found, secret)
            said = f"Put the new secret into the CMS, then: copydesk source rotate {name} --finish"
        record(session, "command line", "source-rotated", {"name": name, "finish": finish, "cancel": cancel}, now)
    click.echo(said, err=True)
    if not (finish or cancel or secret_stdin):
        click.echo("The new secret, shown this once:", err=True)
        click.echo(secret)


@source.command()
@click.argument("name")
@click.confirmation_option(prompt="Close its webhook and forget its secrets? Articles and findings stay.")
def remove(name: str) -> None:
    """Close a sender's webhook."""
    with transaction() as (session, now):
        sources.remove_source(get_source(session, name), now)
        record(session, "command line", "source-removed", {"name": name}, now)
    click.echo(f"{name} may not call any more.")


@source.command()
@click.argument("name")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Of the call; several by repeating.")
@click.option("--body", type=click.File("rb"), help="The body exactly as it was sent; - for standard input.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="When the call came. [default: now]")
@click.option("--address", default="", help="The path that was called, with the secret where the address ends with it.")
def check(name: str, headers: tuple[str, ...], body: Any, at: datetime | None, address: str) -> int:
    """Say in words what is wrong with a call: the secret, the bytes, or a clock. Exit 1 when it would be refused.

    Without --body: what became of the last call.
    """
    from service.source_check import check_call, last_call  # noqa: PLC0415 - it needs the web's receiver, which starts slowly

    with transaction() as (session, now):
        found = get_source(session, name)
        told = check_call(session, found, headers, body.read(BODY_MAX), at or now, address) if body else last_call(session, found)
    for line in told.words:
        click.echo(line)
    return 0 if told.fits else 1


@source.command()
@click.argument("name")
def reconcile(name: str) -> None:
    """Look now for what the CMS published and no webhook brought."""
    from workers.app import create_celery  # noqa: PLC0415
    from workers.fetching import Fetcher  # noqa: PLC0415
    from workers.main import read_clock  # noqa: PLC0415
    from workers.network import networks  # noqa: PLC0415
    from workers.reconcile import Reconciling  # noqa: PLC0415
    from workers.ring import ring  # noqa: PLC0415

    settings = Settings.from_environ(os.environ)
    celery, fetcher = create_celery(settings), Fetcher(networks(settings.inside_allowed))
    with opened() as database:
        with database.begin() as session:
            found = get_source(session, name)
        done = Reconciling(database, lambda job: ring(celery, job), read_clock, fetcher).run(found.id)
    click.echo(f"{done.listed} published lately, {done.submitted} of them not known: submitted.")


def _show_log(session: Any, found: Source, limit: int) -> None:
    rows = [
        (
            row.at,
            row.number,
            row.delivery_id and row.delivery_id[:44],
            row.ended,
            row.duplicates or None,
            row.reason or row.headline,
        )
        for row in delivery_log(session, found, limit=limit)
    ]
    show_table(["came", "number", "delivery", "outcome", "again", "what"], rows)


def _show_hook(made: Source) -> None:
    settings = Settings.from_environ(os.environ)
    kind = find_kind(made.kind)
    end = "/<secret>" if kind.form_encoded else ""
    click.echo(f"Webhook: POST http://{settings.host}:{settings.port}{hook_path(made)}{end}", err=True)
    if kind.proof == "token" and not end:
        click.echo(
            "It does not sign: send the secret as Authorization: Bearer <secret>, or end the address with /<secret>.", err=True
        )


def _names(given: tuple[str, ...]) -> list[str]:
    return [name.strip() for item in given for name in item.split(",") if name.strip()]
