"""``copydesk gate``: what keeps a source's story from being published."""

import click

from reports.accounts import record
from reports.gate import WHEN_LATE, Policy, policy_of, set_policy
from reports.sources import list_sources
from rules.core.findings import FAIL_ON
from service.cli.store import show_table, transaction


@click.group()
def gate() -> None:
    """Set and list the policies of the publish gate."""


@gate.command("set")
@click.argument("source")
@click.option("--fail-on", type=click.Choice(FAIL_ON), default="error", show_default=True, help="The least severity that fails.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="A rule that fails at any severity.")
@click.option("--ignore", multiple=True, metavar="RULE", help="A rule that never fails.")
@click.option("--when-late", type=click.Choice(WHEN_LATE), default="open", show_default=True, help="What holds when time is up.")
def set_(source: str, fail_on: str, rules: tuple[str, ...], ignore: tuple[str, ...], when_late: str) -> None:
    """Say what fails a story of SOURCE, and whether it is published when no verdict came in time."""
    with transaction() as (session, now):
        set_policy(session, source, Policy(fail_on, rules, ignore, when_late))
        detail: dict[str, object] = {"source": source, "fail_on": fail_on, "when_late": when_late}
        record(session, "command line", "gate-set", detail, now)
    click.echo(f"The gate of {source} fails on {fail_on} and is {when_late} when it is late.")


@gate.command("list")
def list_() -> None:
    """List every source's policy."""
    with transaction() as (session, _):
        rows = []
        for source in list_sources(session):
            policy = policy_of(session, source.id)
            rows.append(
                (source.name, policy.fail_on, ",".join(policy.rules) or None, ",".join(policy.ignore) or None, policy.when_late)
            )
        show_table(["source", "fails on", "rules", "ignored", "when late"], rows)
