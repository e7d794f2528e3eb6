"""``copydesk sweep``: an archive through the engine, by this machine's processors or by the workers."""

import functools
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from reports.configuration import read_configuration
from reports.settings import Settings
from service.cli.check import Time, chosen_rules
from service.cli.inputs import ADDRESSES, site_of
from service.errors import BadArchiveError, NoParquetError
from service.sweeping import local
from service.sweeping.archive import Archive, FolderArchive, LineArchive
from service.sweeping.checkpoint import Checkpoint
from service.sweeping.meter import Meter
from service.sweeping.output import LineOutput, Output

BROKEN = 2
LINES, WARCS = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"), (".warc", ".warc.gz")
PARQUET = ".parquet"


@dataclass(frozen=True)
class Asked:
    """What fetching needs to know: pages a second, the origins that may be asked (none: the site's own), where a list is kept."""

    rate: float
    origins: tuple[str, ...]
    kept: Path


@click.command()
@click.argument("archive", metavar="DIR|FILE.jsonl[.gz]|FILE.warc[.gz]|SITEMAP-URL")
@click.option("--output", type=click.Path(path_type=Path), help="A file for a report a line; NAME.parquet: a folder of Parquet.")
@click.option("--source", metavar="NAME", help="Hand the records to the workers as submissions of this source.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes to use. [default: one per processor]")
@click.option("--rate", type=click.FloatRange(0.01, 100), default=1.0, show_default=True, help="Pages a second, for a sitemap.")
@click.option("--now", type=Time(), help="The time to reckon with. [default: the clock, once for the whole sweep]")
@click.option("--select", metavar="RULE", multiple=True, help="Only this rule; several with commas or by repeating.")
@click.option("--ignore", metavar="RULE", multiple=True, help="All but this rule; likewise.")
def sweep(
    archive: str,
    output: Path | None,
    source: str | None,
    jobs: int | None,
    rate: float,
    now: datetime | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> int:
    """Find what slipped through in an archive, however large.

    \b
    --output FILE  by this machine's processors, a report a line, in the archive's order; or into NAME.parquet
    --source NAME  into the store: through the queue to the workers, behind everything that is published meanwhile

    Called again after whatever ended it, it goes on where it was and does nothing twice. A record that cannot be read is
    named, counted, and holds up nothing. Exit status: 0 done, 2 done with broken records, or not done.
    """  # noqa: D301 - click's mark for lines as they stand
    if (output is None) == (source is None):
        raise click.UsageError("Give --output FILE, or --source NAME, and not both.", click.get_current_context())
    if source is not None:
        if select or ignore or now or jobs:
            said = "--source leaves --select, --ignore, --now and --jobs to the source and its workers."
            raise click.UsageError(said, click.get_current_context())
        return _into_store(archive, source, rate)
    assert output is not None
    return _into_file(archive, output, jobs or os.cpu_count() or 1, rate, now, (select, ignore))


def open_source(given: str, asked: Asked) -> tuple[str, Archive]:
    """The archive with the name that a checkpoint knows it by. Raises BadArchiveError."""
    if given.lower().startswith(ADDRESSES):
        from service.sweeping.sitemap import Pace, SitemapArchive  # noqa: PLC0415 - files need no network, and it starts slowly
        from workers.fetching import Fetcher  # noqa: PLC0415
        from workers.network import networks  # noqa: PLC0415

        fetcher = Fetcher(networks(Settings.from_environ(os.environ).inside_allowed))
        return given, SitemapArchive(given, asked.kept, asked.origins or site_of(given), Pace(asked.rate), fetcher)
    path = Path(given)
    if not path.exists():
        raise BadArchiveError(f"There is no {given}.")
    if path.is_dir():
        return str(path.resolve()), FolderArchive(given)
    if given.lower().endswith(LINES):
        return str(path.resolve()), LineArchive(given)
    if given.lower().endswith(WARCS):
        from service.sweeping.warc import WarcArchive  # noqa: PLC0415

        return str(path.resolve()), WarcArchive(given)
    raise BadArchiveError(f"{given} is no archive: a folder, .jsonl or .warc (both also with .gz), or a sitemap's address.")


def open_output(path: Path) -> Output:
    """What its name asks for. Raises NoParquetError where that cannot be written here."""
    if path.suffix.lower() != PARQUET:
        return LineOutput(path)
    try:
        from service.sweeping.parquet import ParquetOutput  # noqa: PLC0415 - an extra: large, and most sweeps do without
    except ImportError as error:
        raise NoParquetError(f"Parquet needs pyarrow beside Copydesk: pip install pyarrow ({error}).") from error
    return ParquetOutput(path)


def _into_file(
    given: str, path: Path, jobs: int, rate: float, now: datetime | None, rules: tuple[tuple[str, ...], tuple[str, ...]]
) -> int:
    output = open_output(path)
    configuration = read_configuration(given if Path(given).exists() else ".")
    names = tuple(rule.name for rule in chosen_rules(*rules, configuration))
    kept = path.with_name(path.name + ".addresses")
    name, archive = open_source(given, Asked(rate, (), kept))
    place, reading = local.begin(name, output, lambda at: local.Reading(at, names, configuration), now or datetime.now(UTC))
    if place.done:
        return _say_done(place, f"{path} holds it already")
    with Meter(archive.size(), place.totals.records) as meter:
        for step in local.sweep(archive, place, reading, output, jobs):
            meter.tell(step)
            place = step.place
    kept.unlink(missing_ok=True)
    return _say_done(place, str(path))


def _into_store(given: str, source: str, rate: float) -> int:
    from reports.sources import get_source  # noqa: PLC0415 - a sweep into a file needs no store and no queue
    from service.cli.store import opened  # noqa: PLC0415
    from service.sweeping.stored import StoredSweep  # noqa: PLC0415
    from workers.app import LAST_QUEUE, create_celery  # noqa: PLC0415
    from workers.ring import ring  # noqa: PLC0415

    settings = Settings.from_environ(os.environ)
    with opened(patient=True) as database:
        with database.begin() as session:
            origins = tuple((get_source(session, source).origin or "").split())
        known = given if given.lower().startswith(ADDRESSES) else str(Path(given).resolve())
        kept = settings.data_dir / "sweeps" / f"{source}-{hashlib.sha256(known.encode()).hexdigest()[:16]}.json"
        kept.parent.mkdir(parents=True, exist_ok=True)
        name, archive = open_source(given, Asked(rate, origins, kept.with_suffix(".addresses")))
        ring_last = functools.partial(ring, create_celery(settings), queue=LAST_QUEUE)
        stored = StoredSweep(database, ring_last, lambda: datetime.now(UTC), source, kept)
        place = stored.begin(name)
        if place.done:
            return _say_done(place, f"the store holds it already; remove {kept} to hand over what has changed since")
        with Meter(archive.size(), place.totals.records, named_elsewhere=False) as meter:
            for step in stored.run(archive, place):
                meter.tell(step)
                place = step.place
        return _say_done(place, f"the desk shows them under {source}")


def _say_done(place: Checkpoint, where: str) -> int:
    totals = place.totals
    found = ", ".join(f"{count:,} {word}{'' if count == 1 else 's'}" for word, count in totals.findings.items() if count)
    broken = f" {totals.broken:,} could not be read." if totals.broken else ""
    click.echo(f"{totals.records:,} records swept{f': {found}' if found else ''}.{broken} ({where})")
    return BROKEN if totals.broken else 0
