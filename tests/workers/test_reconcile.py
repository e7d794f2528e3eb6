"""What the webhook missed is found by each kind of list, and what it brought is not taken twice; against a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from reports.database import Database, open_database
from reports.errors import BadSourceError
from reports.intake import Incoming, accept
from reports.models import Article, Delivery, Job, Report, Revision, Source
from reports.settings import Settings
from reports.sources import claim_reconciles, create_source
from rules.core.submission import Metadata, Submission
from tests.conftest import NOW, until
from tests.site import THIS_MACHINE, Answer, Site, serve
from workers.errors import FetchError
from workers.fetching import Fetcher
from workers.linting import Linting
from workers.listing import PAGE_SIZE
from workers.reconcile import Reconciled, Reconciling
from workers.redis_server import RedisServer
from workers.relay import ring_looks
from workers.schedule import Schedule

JSON = {"Content-Type": "application/json; charset=UTF-8"}
XML = {"Content-Type": "application/rss+xml"}
AN_HOUR_AGO = NOW - timedelta(hours=1)


class AnyQuery(dict[str, Answer]):
    """Pages by their path, whatever query they are asked with."""

    def get(self, path: str, default: Answer | None = None) -> Answer | None:  # type: ignore[override]
        page = parse_qs(urlsplit(path).query).get("page", ["1"])[0]
        return super().get(f"{urlsplit(path).path}#{page}") or super().get(urlsplit(path).path, default)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.pages = AnyQuery({"/ferry": Answer(), "/bridge": Answer()})
        yield running


def make(database: Database, site: Site, how: str, **options: str) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW, origin=site.origin, options={"reconcile": how} | options)


def look(database: Database, source: Source, at: datetime = NOW) -> Reconciled:
    rung: list[int] = []
    fetcher = Fetcher(THIS_MACHINE, total=5)
    done = Reconciling(database, rung.append, lambda: at, fetcher).run(source.id)
    for job in rung:
        Linting(database, lambda: at, timedelta(seconds=60), fetcher=fetcher).run(job)
    return done


def webhook(
    database: Database, source: Source, url: str, external_id: str | None, changed: datetime | None, at: datetime
) -> None:
    metadata = Metadata(external_id=external_id, modified_at=changed)
    with database.begin() as session:
        submission = Submission("<p>Rain fell.</p>", "html", url=url, metadata=metadata)
        accept(session, source, Incoming(f"d-{url}-{changed}", "0" * 64, submission, metadata, url), at)


def wordpress(number: int, changed: datetime, html: str = "<p>Rain fell.</p>") -> dict[str, object]:
    written = f"{changed:%Y-%m-%dT%H:%M:%S}"
    return {
        "id": number, "link": f"https://daily.example/{number}", "title": {"rendered": "Rain &amp; wind"},
        "content": {"rendered": html}, "date_gmt": written, "modified_gmt": written,
    }  # fmt: skip


def test_wordpress(database: Database, site: Site) -> None:
    source = make(database, site, "wordpress")
    posts = [wordpress(1, AN_HOUR_AGO), wordpress(2, AN_HOUR_AGO, "<p>{{ article.title }}</p>")]
    site.pages["/wp-json/wp/v2/posts"] = Answer(json.dumps(posts).encode(), headers=JSON)
    webhook(database, source, "https://daily.example/1", "1", AN_HOUR_AGO, AN_HOUR_AGO)
    assert look(database, source) == Reconciled(2, 1)
    assert look(database, source, NOW + timedelta(seconds=30)) == Reconciled(2, 0)
    posts[0] = wordpress(1, AN_HOUR_AGO + timedelta(seconds=40), "<p>Snow fell.</p>")  # an edit that no webhook brought
    site.pages["/wp-json/wp/v2/posts"] = Answer(json.dumps(posts).encode(), headers=JSON)
    assert look(database, source, NOW + timedelta(minutes=1)) == Reconciled(1, 1)
    with database.begin() as session:
        assert sorted(session.scalars(select(Article.external_id))) == ["1", "2"]  # type: ignore[type-var]
        report = session.scalars(
            select(Report.body).join(Article, Article.latest_report_id == Report.id).where(Article.external_id == "2")
        )
        assert report.one()["article"]["headline"] == "Rain & wind"
    asked = parse_qs(urlsplit(site.paths[-1]).query)
    assert asked["modified_after"] == [f"{AN_HOUR_AGO + timedelta(seconds=30) - timedelta(hours=14):%Y-%m-%dT%H:%M:%S}"]


def test_a_job_is_there_when_it_is_rung_for(database: Database, settings: Settings, site: Site) -> None:
    source = make(database, site, "wordpress")
    site.pages["/wp-json/wp/v2/posts"] = Answer(json.dumps([wordpress(1, AN_HOUR_AGO)]).encode(), headers=JSON)
    other, there = open_database(settings), []

    def ring(job: int) -> None:
        with other.read() as session:
            there.append(session.get(Job, job) is not None)

    Reconciling(database, ring, lambda: NOW, Fetcher(THIS_MACHINE, total=5)).run(source.id)
    other.close()
    assert there == [True]


def test_many_pages(database: Database, site: Site) -> None:
    source = make(database, site, "wordpress")
    for page in (1, 2, 3):
        posts = [wordpress(page * 1_000 + n, AN_HOUR_AGO) for n in range(PAGE_SIZE if page < 3 else 7)]
        site.pages[f"/wp-json/wp/v2/posts#{page}"] = Answer(json.dumps(posts).encode(), headers=JSON)
    rung: list[int] = []
    done = Reconciling(database, rung.append, lambda: NOW, Fetcher(THIS_MACHINE)).run(source.id)
    assert done == Reconciled(2 * PAGE_SIZE + 7, 2 * PAGE_SIZE + 7)
    assert len(rung) == done.submitted


def test_ghost(database: Database, site: Site) -> None:
    source = make(database, site, "ghost", reconcile_key="0a1b2c")
    post = {
        "id": "5f",
        "url": f"{site.origin}/ferry",
        "title": "Rain",
        "html": "<p>Rain fell.</p>",
        "updated_at": AN_HOUR_AGO.isoformat(),
    }
    site.pages["/ghost/api/content/posts/"] = Answer(json.dumps({"posts": [post]}).encode(), headers=JSON)
    assert look(database, source) == Reconciled(1, 1)
    assert look(database, source) == Reconciled(1, 0)
    assert parse_qs(urlsplit(site.paths[0]).query)["key"] == ["0a1b2c"]


def rss(*items: tuple[str, str, str]) -> Answer:
    listed = "".join(
        f"<item><title>{title}</title><link>{link}</link><pubDate>{when}</pubDate></item>" for title, link, when in items
    )
    return Answer(f'<?xml version="1.0"?><rss version="2.0"><channel>{listed}</channel></rss>'.encode(), headers=XML)


def test_a_feed_names_pages_that_are_fetched(database: Database, site: Site) -> None:
    source = make(database, site, "feed", reconcile_url=f"{site.origin}/feed.xml")
    when = f"{AN_HOUR_AGO:%a, %d %b %Y %H:%M:%S} GMT"
    old = "Mon, 01 Jan 2024 10:00:00 GMT"
    site.pages["/feed.xml"] = rss(
        ("Ferry", f"{site.origin}/ferry", when), ("Bridge", f"{site.origin}/bridge", when), ("Old", "https://x.example/old", old)
    )
    webhook(database, source, f"{site.origin}/bridge", "7", None, AN_HOUR_AGO)
    assert look(database, source) == Reconciled(2, 1)
    with database.begin() as session:
        fetched = session.scalars(select(Revision).join(Article).where(Article.url == f"{site.origin}/ferry")).one()
        assert b"Sunday crossing" in fetched.content
        assert session.scalars(select(Delivery.outcome).order_by(Delivery.id.desc())).first() == "reported"
    assert look(database, source) == Reconciled(2, 0)


def test_atom_and_a_news_sitemap(database: Database, site: Site) -> None:
    source = make(database, site, "feed", reconcile_url=f"{site.origin}/atom.xml")
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title><link rel="self" href="{site.origin}/x"/>
        <link href="{site.origin}/ferry"/><updated>{AN_HOUR_AGO.isoformat()}</updated></entry></feed>"""
    site.pages["/atom.xml"] = Answer(atom.encode(), headers={"Content-Type": "application/atom+xml"})
    assert look(database, source) == Reconciled(1, 1)
    news = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
        <url><loc>{site.origin}/ferry</loc><news:news><news:publication_date>{AN_HOUR_AGO.isoformat()}</news:publication_date>
        <news:title>Ferry</news:title></news:news></url><url><loc>{site.origin}/bridge</loc>
        <lastmod>{AN_HOUR_AGO.isoformat()}</lastmod></url></urlset>"""
    site.pages["/news-sitemap.xml"] = Answer(news.encode(), headers={"Content-Type": "text/xml"})
    with database.begin() as session:
        session.get_one(Source, source.id).options = {"reconcile": "sitemap"}
    with database.begin() as session:
        source = session.get_one(Source, source.id)
    assert look(database, source) == Reconciled(2, 1)


def test_an_address_elsewhere_in_a_list_is_never_fetched(database: Database, site: Site) -> None:
    source = make(database, site, "feed", reconcile_url=f"{site.origin}/feed.xml")
    when = f"{AN_HOUR_AGO:%a, %d %b %Y %H:%M:%S} GMT"
    site.pages["/feed.xml"] = rss(("Inside", "http://169.254.169.254/latest/meta-data/", when))
    assert look(database, source) == Reconciled(1, 1)
    with database.begin() as session:
        assert session.scalars(select(Delivery.outcome)).one() == "poisoned"
        assert "not one of the source's origins" in str(session.scalars(select(Job.error)).one())


@pytest.mark.parametrize(
    "body", [b"", b"<", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"[" * 100_000, b"\x00\x01", b"<rss/>", b"7"]
)
@pytest.mark.parametrize("how", ["wordpress", "ghost", "feed", "sitemap"])
def test_a_list_that_is_none(database: Database, site: Site, how: str, body: bytes) -> None:
    if database.engine.dialect.name != "sqlite":
        return  # what is refused here is refused before any database
    source = make(database, site, how, reconcile_url=f"{site.origin}/list", reconcile_key="k")
    site.pages["/list"] = Answer(body, headers=JSON)
    with suppress(FetchError):
        assert look(database, source).submitted == 0
    with database.begin() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_a_failed_look_is_made_up_for_by_the_next(database: Database, site: Site) -> None:
    source = make(database, site, "wordpress")
    with pytest.raises(FetchError, match="404") as caught:
        look(database, source)
    assert "?" not in caught.value.reason, "a key may stand in the query"
    site.pages["/wp-json/wp/v2/posts"] = Answer(json.dumps([wordpress(1, AN_HOUR_AGO)]).encode(), headers=JSON)
    assert look(database, source, NOW + timedelta(hours=20)) == Reconciled(1, 1)


def test_a_source_that_does_not_say_how(database: Database) -> None:
    with database.begin() as session:
        source = create_source(session, "daily", NOW)
    with pytest.raises(BadSourceError):
        look(database, source)


def test_the_scheduler_asks_once_each_time(database: Database, site: Site) -> None:
    source = make(database, site, "wordpress")
    with database.begin() as session:
        row = session.get_one(Source, source.id)
        row.options, row.reconcile_at = row.options | {"reconcile_minutes": 30}, NOW
    asked: list[int] = []
    clock = [NOW]
    redis_is_up = True

    def ask(number: int) -> bool:
        asked.append(number)
        return redis_is_up

    def look(now: datetime) -> None:
        ring_looks(database, ask, now)

    schedule = Schedule(database, id, lambda: clock[0], timedelta(seconds=10), timedelta(seconds=5), ringers=(look,))
    for minutes in (0, 1, 29, 31, 32):
        clock[0] = NOW + timedelta(minutes=minutes)
        schedule.step()
    assert asked == [source.id] * 2
    redis_is_up = False
    for minutes in (62, 63):  # nobody heard: it is asked for in each round
        clock[0] = NOW + timedelta(minutes=minutes)
        schedule.step()
    assert asked == [source.id] * 4
    with database.begin() as session:
        assert claim_reconciles(session, NOW) == []


def test_the_scheduler_rings_and_a_worker_looks_and_reports(
    database: Database, site: Site, redis_server: RedisServer, start: Callable[..., object]
) -> None:
    """The processes as they run in production: nobody asks, the missed story is found, fetched and reported."""
    now = datetime.now(UTC)
    feed = f"<rss><channel><item><link>{site.origin}/ferry</link><pubDate>{format_datetime(now)}</pubDate></item></channel></rss>"
    site.pages["/feed"] = Answer(feed.encode(), headers=XML)
    site.pages["/ferry"] = Answer(b"<html><body><h1>Ferry</h1><p>It sails.</p><p>{{ article.footer }}</p></body></html>")
    with database.begin() as session:
        how = {"reconcile": "feed", "reconcile_url": f"{site.origin}/feed", "reconcile_minutes": 60}
        create_source(session, "daily", now, origin=site.origin, options=how).reconcile_at = now
    start("worker")
    start("schedule")

    def reports() -> list[Report]:
        with database.begin() as session:
            return list(session.scalars(select(Report)))

    (report,) = until(reports)
    assert "template-placeholder" in [finding["rule"] for finding in report.body["findings"]]

    def looked() -> datetime | None:
        with database.begin() as session:
            return session.scalar(select(Source.reconciled_at))

    until(looked)
    with database.begin() as session:
        following = session.scalar(select(Source.reconcile_at))
        assert following is not None
        assert following >= now + timedelta(minutes=60)
        assert session.scalars(select(Delivery.outcome)).all() == ["reported"]
    assert site.paths.count("/feed") == 1
