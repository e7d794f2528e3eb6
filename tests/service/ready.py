"""The command line as a process of its own, forked off one that has imported every command.

A start costs one or two seconds of a processor, nearly all of it imports, and the tests make hundreds. What is about the start
itself calls ``command_line.COPYDESK`` as a program.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from service.cli.main import COMMANDS, main

_READY = multiprocessing.get_context("forkserver")
_READY.set_forkserver_preload(["service.cli.main", "service.wsgi", *{module for module, _ in COMMANDS.values()}])


def start(arguments: Sequence[str], environ: Mapping[str, str], cwd: Path, *streams: Path) -> BaseProcess:
    """``copydesk`` with these arguments, in a session of its own; ``streams``: its standard input, output and errors."""
    process = _READY.Process(target=_call, args=(arguments, dict(environ), cwd, streams))
    process.start()
    return process


def _call(arguments: Sequence[str], environ: Mapping[str, str], cwd: Path, streams: Sequence[Path]) -> None:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(os.open(stream, os.O_RDWR | os.O_CREAT), number)
    sys.stdin = os.fdopen(0)  # multiprocessing has closed the one that was there
    multiprocessing.set_start_method(None, force=True)  # and has set what the command is to choose
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sys.argv = ["copydesk", *arguments]
    main()
