"""A delivery without a body: stored first, its page fetched by the worker, and one end, whatever happens to the page."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from reports.database import Database
from reports.intake import Accepted, Incoming, accept
from reports.jobs import due_to_ring, retry
from reports.models import Delivery, Job, Report, Revision, Source
from reports.sources import create_source
from rules.core.submission import Metadata
from tests.conftest import NOW
from tests.site import THIS_MACHINE, Answer, Site, serve
from workers.fetching import Fetcher
from workers.linting import Linting

LEASE = timedelta(seconds=60)
JUNK = b'<html lang="en"><body><h1>Rain fell</h1><p>Rain fell.</p><p>{{ article.title }}</p></body></html>'


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.pages["/story"] = Answer(JUNK)
        yield running


@pytest.fixture
def source(database: Database, site: Site) -> Source:
    with database.begin() as session:
        return create_source(
            session, "blok", NOW, kind="storyblok", secret="a secret of some length", origin=site.origin, language="de"
        )


def announce(
    database: Database, source: Source, url: str, number: str = "sha-1", *, event: str = "publish", now: datetime = NOW
) -> Accepted:
    with database.begin() as session:
        metadata = Metadata(external_id="7")
        incoming = Incoming(number, "0" * 64, None, metadata, url, event, fetch=True, dated=False)  # type: ignore[arg-type]
        return accept(session, source, incoming, now)


def work(database: Database, accepted: Accepted, at: datetime = NOW) -> int | None:
    assert accepted.job_id is not None
    return Linting(database, lambda: at, LEASE, fetcher=Fetcher(THIS_MACHINE, total=3)).run(accepted.job_id)


def outcomes(database: Database) -> list[str | None]:
    with database.begin() as session:
        return list(session.scalars(select(Delivery.outcome).order_by(Delivery.id)))


def test_the_page_is_fetched_and_linted(database: Database, source: Source, site: Site) -> None:
    accepted = announce(database, source, f"{site.origin}/story")
    assert outcomes(database) == [None]
    assert site.asked == [], "nobody fetches at the door"
    assert work(database, accepted) is not None
    with database.begin() as session:
        body = session.scalars(select(Report.body)).one()
        revision = session.scalars(select(Revision)).one()
    assert [finding["rule"] for finding in body["findings"]].count("template-placeholder") == 1
    assert body["positions_in"] == "source"
    assert body["article"]["language"] == "en", "the page says its own language; the source's is for those that do not"
    assert revision.content == JUNK
    assert outcomes(database) == ["reported"]


def test_a_page_that_is_not_there_yet_is_waited_for(database: Database, source: Source, site: Site) -> None:
    accepted = announce(database, source, f"{site.origin}/later")
    assert work(database, accepted) is None
    assert outcomes(database) == [None]
    with database.begin() as session:
        assert due_to_ring(session, NOW + timedelta(seconds=20), timedelta(seconds=10)) == []
        assert due_to_ring(session, NOW + timedelta(seconds=45), timedelta(seconds=10)) == [accepted.job_id]
    site.pages["/later"] = Answer(JUNK)
    assert work(database, accepted, NOW + timedelta(seconds=45)) is not None
    assert outcomes(database) == ["reported"]


def test_a_page_that_never_comes_is_set_aside_and_a_person_can_try_again(database: Database, source: Source, site: Site) -> None:
    accepted = announce(database, source, f"{site.origin}/never")
    for attempt in range(3):
        assert work(database, accepted, NOW + attempt * timedelta(minutes=10)) is None
    assert outcomes(database) == ["poisoned"]
    with database.begin() as session:
        job = session.scalars(select(Job)).one()
        assert "answers 404" in str(job.error)
        retry(session, job.id, NOW)
    site.pages["/never"] = Answer(JUNK)
    assert work(database, accepted) is not None
    assert outcomes(database) == ["reported"]


@pytest.mark.parametrize("path", ["http://169.254.169.254/latest", "https://elsewhere.example/story"])
def test_what_may_not_be_fetched_is_set_aside_at_once(database: Database, source: Source, path: str) -> None:
    assert work(database, announce(database, source, path)) is None
    assert outcomes(database) == ["poisoned"]


def test_a_page_that_is_gone(database: Database, source: Source, site: Site) -> None:
    site.pages["/gone"] = Answer(b"", 410)
    assert work(database, announce(database, source, f"{site.origin}/gone")) is None
    assert outcomes(database) == ["no-body"]


def test_an_edit_that_sends_the_same_bytes_is_fetched_again(database: Database, source: Source, site: Site) -> None:
    """What Storyblok does: no time, no number. A repetition counts only until the page was fetched."""
    url = f"{site.origin}/story"
    first = announce(database, source, url)
    assert announce(database, source, url).status == "duplicate", "its page will be fetched after this call"
    work(database, first)
    site.pages["/story"] = Answer(JUNK.replace(b"Rain fell.", b"Snow fell."))
    second = announce(database, source, url, now=NOW + timedelta(minutes=1))
    assert (second.status, second.kept_as) == ("accepted", "sha-1~1")
    work(database, second, NOW + timedelta(minutes=1))
    announce(database, source, url, "sha-2", event="withdraw", now=NOW + timedelta(minutes=2))
    assert announce(database, source, url, "sha-2", event="withdraw", now=NOW + timedelta(minutes=2)).status == "duplicate"
    third = announce(database, source, url, now=NOW + timedelta(minutes=3))
    work(database, third, NOW + timedelta(minutes=3))
    announce(database, source, url, "sha-2", event="withdraw", now=NOW + timedelta(minutes=4))
    assert outcomes(database) == ["reported", "reported", "withdrawn", "reported", "withdrawn"]
    assert site.paths == ["/story"] * 3


def test_a_source_without_an_origin_fetches_nothing(database: Database, site: Site) -> None:
    with database.begin() as session:
        source = create_source(session, "none", NOW)
    assert work(database, announce(database, source, f"{site.origin}/story")) is None
    assert outcomes(database) == ["poisoned"]
    assert site.asked == []
