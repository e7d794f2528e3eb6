"""How many statements a page of the desk takes, and that each finds its way by an index: what keeps a full store fast."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, insert, select, text

from reports import incidents, queue, recurrences, standings, texts, verdicts
from reports.database import Database, open_database
from reports.models import Article, Finding, Source
from reports.queue import Fault, Filter
from reports.settings import Settings
from reports.sources import create_source
from service.desk import listing
from tests.service.conftest import NOW
from tests.service.test_desk import SEED, sign_in

FAULT = Fault(1, "widget-error-text", "0" * 32)
PLACE = Fault(1, "widget-error-text", place="0" * 32)


@contextmanager
def watch(database: Database) -> Iterator[list[tuple[str, object]]]:
    said: list[tuple[str, object]] = []

    def listen(connection, cursor, statement, parameters, context, many):
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", listen)
    yield said
    event.remove(database.engine, "before_cursor_execute", listen)


def selects(said: list[tuple[str, object]]) -> int:
    return sum(not statement.startswith("BEGIN") for statement, _ in said)


@pytest.fixture
def desk(web, editor):
    client = web.app.test_client()
    sign_in(client)
    return client


@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 14), ("/?tab=spreading", 18), ("/?tab=done", 14), ("/arrivals", 2), ("/spreading", 6), ("/articles/1", 9)],
)
def test_a_page_takes_as_many_statements_with_many_stories_as_with_few(web, desk, publish, path, most):
    counted = []
    for number in range(12):
        publish(SEED, external_id=f"a-{number}", section=f"Section {number}")
        if number in (5, 11):  # what spreads, by text or by place, does so from the fifth on
            with watch(web.database) as said:
                assert desk.get(path).status_code == 200
            counted.append(selects(said))
    assert counted[0] == counted[1]
    assert counted[1] <= most


def test_a_verdict_takes_as_many_statements_on_a_full_story_as_on_a_short_one(web, desk, publish):
    counted = []
    for html in ("<h1>Short of</h1><p>The ferry sails.</p>" + SEED[-400:], SEED):
        article = publish(html, external_id=f"s-{len(html)}")
        page = desk.get(f"/articles/{article}").text
        seen = re.search(r'name="seen" value="(\d+:\d+)" data-key', page)[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        form = {"csrf_token": token, "seen": seen, "number": "1", "say": "false-alarm"}
        with watch(web.database) as said:
            desk.post(f"/articles/{article}/verdict", data=form, headers={"HX-Request": "true"})
        counted.append(selects(said))
    assert counted[0] == counted[1]
    assert counted[1] <= 21


ASKED: dict[str, tuple[Callable[..., object], str]] = {
    "the new": (lambda session: queue.entries(session, Filter(), limit=50), "ix_article_queue_new"),
    "what came back": (lambda session: queue.entries(session, Filter(tab="back"), limit=50), "ix_article_queue_back"),
    "what appeared": (lambda session: queue.entries(session, Filter(tab="timed"), limit=50), "ix_article_queue_timed"),
    "the snoozed": (lambda session: queue.entries(session, Filter(tab="snoozed"), limit=50), "ix_article_queue_snoozed"),
    "the done": (lambda session: queue.entries(session, Filter(tab="done"), limit=50), "ix_article_queue_done"),
    "arrivals": (
        lambda session: queue.arrivals(session, Filter(), NOW),
        "ix_article_",
    ),  # by time or by tab: there are few of both
    "since a time": (
        lambda session: queue.arrivals(session, Filter(tab="all", since=NOW), None),
        "ix_article_last_activity",
    ),
    "the counts": (lambda session: queue.overview(session, Filter()), "ix_article_queue_done"),
    "what spread": (lambda session: recurrences.among(session, [1]), "ix_finding_open_fault"),
    "what spread at a place": (lambda session: recurrences.among(session, [1]), "ix_finding_open_place"),
    "one incident": (lambda session: incidents.count(session, Filter(fault=FAULT)), "ix_finding_open_fault"),
    "one place": (lambda session: queue.open_findings(session, Filter(tab="all", fault=PLACE)), "ix_finding_open_place"),
    "an incident's findings": (
        lambda session: queue.open_findings(session, Filter(tab="all", fault=FAULT)),
        "ix_finding_open_fault",
    ),
    "who wakes": (
        lambda session: verdicts.wake(session, NOW),
        "ix_finding_",
    ),  # PostgreSQL, with nothing there, takes either of two
    "what holds": (
        lambda session: standings.apply(
            session, Article(id=1, source_id=1), [Finding(rule="mojibake", state="open", article_id=1)], NOW
        ),
        "ix_standing_source_id_rule_ended_at",
    ),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request, tmp_path):
    """Both stores, with nothing in them; PostgreSQL is told that reading whole tables is dear, as it is when they are full."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'plans.sqlite3'}"
    else:
        url = str(request.getfixturevalue("postgres")).replace("postgresql://", "postgresql+psycopg://", 1)
    database = open_database(Settings(data_dir=tmp_path, database_url=url))
    database.upgrade()
    yield database
    database.close()


def plan_of(store: Database, ask: Callable[..., object]) -> str:
    """How the store would go about the last statement of a question."""
    is_sqlite = store.engine.dialect.name == "sqlite"
    with store.begin() as session, session.no_autoflush, watch(store) as said:
        if not is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            said.clear()
        ask(session)
        statement, parameters = said[-1]
        rows = session.connection().exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {statement}", parameters)
        return "\n".join(str(row) for row in rows)


def test_every_question_finds_its_way_by_an_index(any_store):
    for name, (ask, index) in ASKED.items():
        told = plan_of(any_store, ask)
        assert index in told, f"{name}:\n{told}"


SEARCHES = {
    "a word": Filter(words=("went wrong",)),
    "a text": Filter(text="went wrong"),
    "signs": Filter(words=("â€™",)),
}


@pytest.mark.parametrize("asked", SEARCHES.values(), ids=SEARCHES)
def test_a_search_reads_the_findings_once_for_all_tabs_or_goes_by_the_index(any_store, asked):
    for ask in (queue.overview, lambda session, asked: queue.entries(session, asked, limit=50)):
        told = plan_of(any_store, lambda session, ask=ask: ask(session, asked))
        if any_store.engine.dialect.name == "postgresql":
            assert told.count("ix_finding_text_trigrams") == 1, told
            for column in ("finding_message", "article_headline"):
                assert told.count(f"ix_{column}_trigrams") == len(asked.words), told
        else:
            assert told.count("SCAN finding") + told.count("SEARCH finding") == 1, told


def test_a_search_finds_what_a_reading_of_every_text_would(any_store):
    said = ["Something went WRONG.", "Somethingwentwrong", "100% wrong_", "donâ€™t", "Größe", "un", "went  wrong", "a\\b"]
    with any_store.begin() as session:
        source = create_source(session, "search", NOW)
        rows = [{"source_id": source.id, "identity": text, "created_at": NOW, "headline": text, "open_new": 1} for text in said]
        session.execute(insert(Article), rows)
        for word in ("went wrong", "WRONG", "wrong_", "0%", "â€™", "n", "un", "größ", "a\\b", "nowhere"):
            chosen = Filter(words=(word,))
            found = {row.headline for row in queue.entries(session, chosen, limit=50)}
            assert found == {text for text in said if word.lower() in text.lower()}, word
            assert queue.overview(session, chosen).counts["new"] == len(found)
        session.execute(delete(Article))
        session.delete(source)


def test_what_is_done_or_filtered_is_counted_so_far_only(database, source, monkeypatch):
    """A store of years holds a million of them: counting each on every page would cost more than the page."""
    monkeypatch.setattr(queue, "MOST_COUNTED", 3)
    with database.begin() as session:
        source_id = session.scalars(select(Source.id)).one()
        rows = [{"source_id": source_id, "identity": f"id:{n}", "created_at": NOW, "findings": 1} for n in range(6)]
        rows += [row | {"identity": f"{row['identity']}-new", "open_new": 1, "worst": 1, "section": "Sport"} for row in rows]
        session.execute(insert(Article), [{"open_new": 0, "worst": 0, "section": None} | row for row in rows])
        whole, narrow = queue.overview(session, Filter()), queue.overview(session, Filter(section="Sport"))
        assert (whole.counts["done"], whole.counts["new"], whole.more) == (3, 6, {"done"})
        assert (narrow.counts["done"], narrow.counts["new"], narrow.more) == (0, 3, {"new"})
        exact = queue.overview(session, Filter(section="Sport", tab="all", articles=tuple(range(1, 9))))
        assert (exact.counts["all"], exact.counts["new"], exact.more) == (2, 2, frozenset())


def test_the_page_says_that_there_are_more_and_leads_to_them(web, desk, source, monkeypatch):
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    monkeypatch.setattr(listing, "PER_PAGE", 2)
    with web.database.begin() as session:
        source_id = session.scalars(select(Source.id)).one()
        row = {"source_id": source_id, "created_at": NOW, "open_new": 1, "worst": 1, "section": "Sport", "arrived_at": NOW}
        session.execute(insert(Article), [row | {"identity": f"id:{n}", "headline": f"Match {n}"} for n in range(6)])
    first, last = desk.get("/?section=Sport").text, desk.get("/?section=Sport&page=3").text
    assert "2+ stories" in first
    assert "Judge all 2+ at once" in first
    assert "page=2" in first
    assert "Match 0" in last
    assert "6 stories" in desk.get("/").text


def test_what_arrives_counts_from_the_newest_of_all(database, source):
    with database.begin() as session:
        source_id = session.scalars(select(Source.id)).one()
        row = {"source_id": source_id, "created_at": NOW, "open_new": 1, "worst": 1}
        made = [("a", "Sport", NOW), ("b", "News", NOW + timedelta(minutes=1))]
        session.execute(insert(Article), [row | {"identity": n, "section": where, "arrived_at": at} for n, where, at in made])
        chosen = Filter(section="Sport")
        newest = queue.overview(session, chosen).newest
        assert newest == NOW + timedelta(minutes=1)
        assert queue.arrivals(session, chosen, newest) == 0
        session.execute(insert(Article), row | {"identity": "c", "section": "Sport", "arrived_at": NOW + timedelta(minutes=2)})
        assert queue.arrivals(session, chosen, newest) == 1


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("went wrong", ["ong", "wro", " wr"]),
        ("number 777", ["777", " 77", "umb"]),
        ("the â€™ of", ["â€™", " â€", "€™ "]),
        ("aaaa", ["aaa"]),
        ("un", []),
    ],
)
def test_a_text_is_looked_up_by_its_rarest_pieces(said, pieces):
    assert set(texts.rarest(said)) == set(pieces)
