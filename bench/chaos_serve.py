"""``serve`` as the chaos bench runs it: the same parts, and a web that can be told to die between a commit and its ring.

    python bench/chaos_serve.py serve|web

The fault point stands here and nowhere in the product: the application is built with another ``ring``.
"""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from celery import Celery
from flask import Flask

from reports.database import open_database
from reports.settings import Settings
from service import supervisor
from service.app import create_app
from service.installation import Installation, read_installation
from service.supervisor import Part
from service.web import Web
from workers import logs
from workers.app import create_celery
from workers.ring import ring

FLAG = "die-before-the-next-ring"
STEADY_S = 0.5  # in place of a minute: dozens of deaths in one run must not add up to a long pause before a restart


@dataclass(frozen=True)
class Breakable(Installation):
    """The installation with the other web."""

    def _parts(self) -> Iterator[Part]:
        for part in super()._parts():
            yield replace(part, command=[sys.executable, __file__, "web"]) if part.name == "web" else part


class BreakableWeb(Web):
    """The web around an application whose bell may be deadly."""

    def load(self) -> Flask:
        celery = create_celery(self.settings)
        bell = partial(ring_or_die, self.settings.data_dir / FLAG, celery)
        return create_app(self.settings, open_database(self.settings), bell)


def ring_or_die(flag: Path, celery: Celery, job_id: int) -> bool:
    """Rings; where the flag lies, kills the whole web instead: the delivery is committed, and nobody was told or answered."""
    try:
        flag.unlink()
    except FileNotFoundError:
        return ring(celery, job_id)
    os.killpg(0, signal.SIGKILL)
    return False


def main() -> None:
    if sys.argv[1:] == ["web"]:
        logs.set_up()
        BreakableWeb(Settings.from_environ(os.environ)).run()
        return
    supervisor.STEADY_S = STEADY_S
    made = read_installation(None, None, None, lambda line: print(line, flush=True), quiet=True)
    breakable = Breakable(made.settings, made.environ, made.say, made.logs)
    with breakable.run() as (parts, _):
        print("up", flush=True)
        parts.watch()


if __name__ == "__main__":
    main()
