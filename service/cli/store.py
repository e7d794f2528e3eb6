"""The store as the administering commands open it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from reports.database import Database, open_database
from reports.settings import Settings


@contextmanager
def opened(*, patient: bool = False) -> Iterator[Database]:
    """The store that the environment names, with its tables up to date; ``patient``: see ``reports.database.open_database``."""
    database = open_database(Settings.from_environ(os.environ), patient=patient)
    try:
        database.upgrade()
        yield database
    finally:
        database.close()


@contextmanager
def transaction() -> Iterator[tuple[Session, datetime]]:
    """One transaction in that store, and the time it happens at."""
    with opened() as database, database.begin() as session:
        yield session, datetime.now(UTC)


def show_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns under their heads; nothing but a dash where there is no value."""
    texts = [list(heads), *([_text(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(heads))]
    for row in texts:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:%Y-%m-%d %H:%M}Z" if isinstance(value, datetime) else str(value)
