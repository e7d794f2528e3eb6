"""``copydesk demo``: serve, with the sample stories put through the webhook first. ``make run`` calls it."""

import click

from service.cli.serve import data_option, host_option, port_option, say
from service.cli.text import render_report, render_summary
from service.demonstration import Demonstration
from service.installation import read_installation

WIDTH = 100


@click.command()
@data_option
@host_option
@port_option
@click.option("--once", is_flag=True, help="End after the samples' findings.")
def demo(data: str | None, host: str | None, port: int | None, once: bool) -> None:  # noqa: FBT001 - click's way of a flag
    """Serve, with sample stories: signed, sent to the webhook, queued, linted by the worker, and shown here and on the desk."""
    installation = read_installation(data, host, port, say, quiet=True)
    with installation.run() as (supervisor, database):
        shown = Demonstration(database, installation.address, lambda: supervisor.stopping)
        _show_samples(shown)
        if supervisor.stopping:
            return
        _show_way_in(shown)
        if not once:
            say("It serves until Ctrl-C.")
            supervisor.watch()


def _show_samples(shown: Demonstration) -> None:
    say("")
    counts = []
    for report in shown.run():
        counts.append(report["summary"])
        if text := render_report(report, WIDTH):
            say(text)
    say(render_summary(counts, 0))


def _show_way_in(shown: Demonstration) -> None:
    made = shown.make_first_user()
    say(f"\nThe desk: {shown.address}/")
    if made:
        say(f"Sign in as {made[0]} with {made[1]} (shown this once).")
    else:
        say("Sign in as before; `copydesk user password NAME --generate` makes another password.")
