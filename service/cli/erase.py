"""``copydesk erase`` and ``copydesk keep``: what is forgotten, and when."""

import click
from sqlalchemy import text

from reports.accounts import record
from reports.payloads import KEPT_FOR
from reports.retention import Retention, erase_article, set_retention
from service.cli.store import opened, transaction

KINDS = {
    "days": "articles, after their last revision",
    "html_days": "HTML of revisions that are not the newest",
    "payload_days": "bodies of webhook calls",
    "report_days": "reports that are not the newest of their article",
    "log_days": "deliveries that have ended",
}


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
@click.option("--payload-days", type=click.IntRange(1), help="Days until the body of a webhook call is erased.  [default: 30]")
@click.option("--report-days", type=click.IntRange(1), help="Days until a report that is not its article's newest is emptied.")
@click.option("--log-days", type=click.IntRange(1), help="Days until a delivery that has ended is no longer known.")
def keep(source: str, **days: int | None) -> None:
    """Say how long what SOURCE sends is kept; an option that is left out means for ever, unless it says otherwise."""
    with transaction() as (session, now):
        set_retention(session, source, Retention(**days))
        record(session, "command line", "retention-set", {"source": source, **days}, now)
    click.echo(f"{source} is kept so:")
    for kind, what in KINDS.items():
        click.echo(f"  {what}: {_say(days[kind], KEPT_FOR.days if kind == 'payload_days' else None)}")


def _say(days: int | None, usual: int | None) -> str:
    kept = days or usual
    return "for ever" if kept is None else f"{kept} days"
