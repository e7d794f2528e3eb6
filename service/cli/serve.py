"""``copydesk serve``: everything on this machine."""

import click

from service.installation import has_users, read_installation

data_option = click.option("--data", metavar="DIR", help="Where everything is kept. [default: COPYDESK_DATA, else var]")
host_option = click.option("--host", help="The address to listen on. [default: COPYDESK_HOST, else 127.0.0.1]")
port_option = click.option("--port", type=click.IntRange(1, 65_535), help="[default: COPYDESK_PORT, else 8080]")


@click.command()
@data_option
@host_option
@port_option
def serve(data: str | None, host: str | None, port: int | None) -> None:
    """Run Redis, a worker, the scheduler and the web until Ctrl-C or SIGTERM.

    What ends is started again. Redis is the one of REDIS_URL, else a private one that keeps its file in the data directory.
    """
    installation = read_installation(data, host, port, say)
    with installation.run() as (supervisor, database):
        if not supervisor.stopping:
            if not has_users(database):
                say("Nobody can sign in yet: copydesk user add NAME")
            say(f"The desk is at {installation.address}/ (stop with Ctrl-C)")
        supervisor.watch()


def say(line: str) -> None:
    """A line for the person or the log that watches; it stands there at once."""
    click.echo(line)
