"""What is erased is gone, from every table and from the file; what must stay stays."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reports import jobs
from reports.database import Database
from reports.errors import UnknownError
from reports.intake import Accepted
from reports.keep import keep_report
from reports.models import Article, Base, Delivery, Finding, Job, Report, Revision, Source
from reports.retention import erase_article, forget_old, set_retention
from reports.sources import create_source
from rules.core.catalogue import choose
from tests.conftest import NOW
from tests.reports.made import JUNK, deliver, report_on

PLANTED = "Maria Keane of Millford"


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


def read(database: Database, source: Source, number: str, now=NOW, **given) -> Accepted:
    """Delivered and reported."""
    html = f"{JUNK}<p>{PLANTED} {number}.</p>"
    with database.begin() as session:
        made = deliver(session, source, number, html, now=now, **given)
    with database.begin() as session:
        claimed = jobs.claim(session, made.job_id, now, timedelta(seconds=90))
        keep_report(session, claimed, report_on(html, now), {rule.name: rule.version for rule in choose()}, now)
    return made


def count(database: Database, model) -> int:
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_an_article_is_erased_from_every_table(database: Database, source: Source, tmp_path) -> None:
    made = read(database, source, "d1")
    other = read(database, source, "d2", external_id="story-2")
    with database.begin() as session:
        erase_article(session, made.article_id)
    for model in (Article, Revision, Report, Job):
        assert count(database, model) == 1, model
    with database.begin() as session:
        assert set(session.scalars(select(Finding.article_id))) == {other.article_id}
        again = deliver(session, source, "d1", "<p>again</p>", now=NOW)
        assert again.status == "duplicate", "the same call is still known"
    database.close()
    for file in tmp_path.glob("copydesk.sqlite3"):
        assert f"{PLANTED} d2".encode() in file.read_bytes()
        assert f"{PLANTED} d1".encode() not in file.read_bytes(), "not in free pages either"


def test_every_table_that_names_an_article_is_covered() -> None:
    from reports.retention import _doomed

    named = {table.name for table in Base.metadata.sorted_tables if "article_id" in table.c}
    assert named <= {table.name for table, _ in _doomed(1)} | {"delivery"}


def test_one_on_its_way_ends(database: Database, source: Source) -> None:
    with database.begin() as session:
        made = deliver(session, source, "d1", now=NOW)
        erase_article(session, made.article_id)
    with database.begin() as session:
        assert session.scalars(select(Delivery)).one().outcome == "withdrawn"
        assert jobs.claim(session, made.job_id, NOW, timedelta(seconds=90)) is None


def test_what_is_not_there_cannot_be_erased(database: Database) -> None:
    with pytest.raises(UnknownError), database.begin() as session:
        erase_article(session, 7)
    with pytest.raises(UnknownError), database.begin() as session:
        set_retention(session, "nobody", 1, 1)


def test_each_source_has_its_own_time(database: Database, source: Source) -> None:
    with database.begin() as session:
        kept = create_source(session, "weekly", NOW)
        set_retention(session, "daily", 30, None)
    read(database, source, "d1")
    read(database, kept, "w1")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=29)) == 0
        assert forget_old(session, NOW + timedelta(days=31)) == 1
    with database.begin() as session:
        assert [row.source_id for row in session.scalars(select(Article))] == [kept.id]
        assert [row.delivery_id for row in session.scalars(select(Delivery))] == ["w1"]


def test_a_story_that_is_worked_on_is_not_old(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", 30, None)
    read(database, source, "d1", revision="1")
    read(database, source, "d2", NOW + timedelta(days=20), revision="2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=40)) == 0


def test_the_html_of_older_revisions_goes_first(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", None, 7)
    read(database, source, "d1", revision="1")
    read(database, source, "d2", NOW + timedelta(days=1), revision="2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=9)) == 1
        assert forget_old(session, NOW + timedelta(days=9)) == 0
        first, second = session.scalars(select(Revision).order_by(Revision.id))
        assert (first.content, first.meta["metadata"]) == (b"", {})
        assert PLANTED.encode() in second.content
        assert session.scalar(select(func.count()).select_from(Report)) == 2
