"""``copydesk erase`` and ``copydesk keep``: what is forgotten, and when."""

import click
from sqlalchemy import text

from reports.accounts import record
from reports.retention import erase_article, set_retention
from service.cli.store import opened, transaction


@click.command()
@click.argument("article", type=click.IntRange(1, 2_147_483_647))
@click.confirmation_option("--yes", prompt="Erase it for good?", help="Do not ask.")
def erase(article: int) -> None:
    """Erase ARTICLE (the number in its address on the desk) with its revisions, reports and findings, for good."""
    with transaction() as (session, now):
        erase_article(session, article)
        record(session, "command line", "article-erased", {"article": article}, now)
    with opened() as database:
        if database.engine.dialect.name == "sqlite":  # else what was erased stands in the write-ahead log for a while
            with database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    click.echo(f"Article {article} is erased. Back-ups that were made before still hold it.")


@click.command()
@click.argument("source")
@click.option("--days", type=click.IntRange(1), help="Days after an article's last revision until it is erased.")
@click.option("--html-days", type=click.IntRange(1), help="Days until the HTML of a revision that is not the newest is erased.")
def keep(source: str, days: int | None, html_days: int | None) -> None:
    """Say how long the articles of SOURCE are kept; an option that is left out means for ever."""
    with transaction() as (session, now):
        set_retention(session, source, days, html_days)
        record(session, "command line", "retention-set", {"source": source, "days": days, "html_days": html_days}, now)
    click.echo(f"{source}: articles {_say(days)}, HTML of older revisions {_say(html_days)}.")


def _say(days: int | None) -> str:
    return "are kept for ever" if days is None else f"for {days} days"
