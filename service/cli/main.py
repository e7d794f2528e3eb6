"""The ``copydesk`` command. A subcommand is imported when it is called, so ``check`` starts without web, queue or store."""

import gc
import importlib
import os
import sys
from typing import Any

import click

COMMANDS = {  # the name, its module (which holds a command of the same name), and its line in --help
    "check": ("service.cli.check", "Find what slipped through, in files, folders or standard input."),
    "fix": ("service.cli.fix", "Apply the safe fixes to files, and change nothing else in them."),
    "sweep": ("service.cli.sweep", "Find what slipped through in an archive: a folder, JSON lines, WARC, a sitemap."),
    "rules": ("service.cli.rules", "List the rules, or show one rule's help page."),
    "new-rule": ("service.cli.new_rule", "Write the skeleton of a rule and of its cases."),
    "serve": ("service.cli.serve", "Run everything on this machine: Redis, worker, scheduler, web."),
    "demo": ("service.cli.demo", "Serve, with sample stories put through the webhook first."),
    "web": ("service.cli.processes", "Run the web: webhooks, API and desk."),
    "worker": ("service.cli.processes", "Run a worker that lints what comes in."),
    "schedule": ("service.cli.processes", "Run the scheduler that rings again for what was forgotten."),
    "jobs": ("service.cli.jobs", "List the jobs that were set aside, or try one again."),
    "db": ("service.cli.db", "Bring the store up to date, or check it."),
    "erase": ("service.cli.erase", "Erase a story, with all that was kept of it."),
    "keep": ("service.cli.erase", "Say how long a source's stories are kept."),
    "keys": ("service.cli.keys", "Change the key that signs the desk's sessions."),
    "user": ("service.cli.user", "Add and list the people who use the desk."),
    "token": ("service.cli.token", "Make, list and revoke tokens for the API."),
    "callback": ("service.cli.callback", "Tell a CMS of reports and of what became of findings."),
    "gate": ("service.cli.gate", "Say what keeps a source's story from being published."),
    "source": ("service.cli.source", "Add and list the senders that may call the webhook."),
}
OBJECTS_MADE = 50_000  # before cycles among them are looked for: Python's 700 cost a start 3 % and a page 5 %, and few are made
READER_GONE = 141  # what a shell shows for a program that SIGPIPE ended


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Calls the command; that the reader of our output went away is no fault of anybody's."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _hush()
            ctx.exit(READER_GONE)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in --help, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _show_version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's way of a flag
    if value:
        from rules.core.report import ENGINE  # noqa: PLC0415 - it costs the engine's imports

        click.echo(f"copydesk {ENGINE}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Show the version.")
def copydesk() -> None:
    """Find what slipped through in published stories, and let the copy desk judge it in seconds."""


def main() -> None:
    """Runs the command line; whatever a person can mend ends in one line and exit 2, never in a traceback."""
    gc.set_threshold(OBJECTS_MADE)
    try:
        status = _run()
        sys.stdout.flush()
    except BrokenPipeError:
        _hush()
        status = READER_GONE
    gc.freeze()  # or Python looks through all that is there once more before it goes: a tenth of a start
    sys.exit(status)


def _run() -> int:
    try:
        status: Any = copydesk.main(prog_name="copydesk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _refuse(error.format_message(), _path(error))
    except click.Abort:
        return 130
    except Exception as error:
        reason = getattr(error, "reason", None)  # every package's own errors carry one
        if not isinstance(reason, str):
            raise
        return _refuse(reason, "copydesk")
    return status if isinstance(status, int) else 0


def _hush() -> None:
    """Turns standard output away, so that the interpreter's last flush is quiet too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(message: str, path: str) -> int:
    """One line on standard error, whatever the message holds."""
    line = " ".join(message.split())
    click.echo(f"{path}: {line if line.endswith(('.', '?', '!')) else f'{line}.'}", err=True)
    return 2


def _path(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return "copydesk" if context is None else f"copydesk {context.command_path.partition(' ')[2]}".strip()
