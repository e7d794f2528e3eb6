"""How many statements a page of the desk takes, and that each finds its way by an index: what keeps a full store fast."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert, select, text

from reports import incidents, queue, standings, verdicts
from reports.database import Database, open_database
from reports.models import Article, Finding, Source
from reports.queue import Fault, Filter
from reports.settings import Settings
from tests.service.conftest import NOW
from tests.service.test_desk import SEED, sign_in

FAULT = Fault(1, "widget-error-text", "0" * 32)


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
    ("path", "most"), [("/", 15), ("/?tab=spreading", 16), ("/?tab=done", 15), ("/arrivals", 2), ("/articles/1", 9)]
)
def test_a_page_takes_as_many_statements_with_many_stories_as_with_few(web, desk, publish, path, most):
    counted = []
    for number in range(12):
        publish(SEED, external_id=f"a-{number}", section=f"Section {number}")
        if number in (3, 11):
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
    assert counted[1] <= 20


ASKED: dict[str, tuple[Callable[..., object], str]] = {
    "the new": (lambda session: queue.entries(session, Filter(), limit=50), "ix_article_queue_new"),
    "what came back": (lambda session: queue.entries(session, Filter(tab="back"), limit=50), "ix_article_queue_back"),
    "what appeared": (lambda session: queue.entries(session, Filter(tab="timed"), limit=50), "ix_article_queue_timed"),
    "the snoozed": (lambda session: queue.entries(session, Filter(tab="snoozed"), limit=50), "ix_article_queue_snoozed"),
    "the done": (lambda session: queue.entries(session, Filter(tab="done"), limit=50), "ix_article_queue_done"),
    "arrivals": (lambda session: queue.arrivals(session, Filter(), NOW), "ix_article_queue_new"),
    "the counts": (lambda session: queue.counts(session, Filter()), "ix_article_queue_done"),
    "incidents": (lambda session: incidents.count(session, Filter()), "ix_finding_open_fault"),
    "one incident": (lambda session: incidents.count(session, Filter(fault=FAULT)), "ix_finding_open_fault"),
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


def test_every_question_finds_its_way_by_an_index(any_store):
    for name, (ask, index) in ASKED.items():
        with any_store.begin() as session, session.no_autoflush, watch(any_store) as said:
            if any_store.engine.dialect.name == "postgresql":
                session.execute(text("SET LOCAL enable_seqscan = off"))
                said.clear()
            ask(session)
            statement, parameters = said[-1]
            explain = "EXPLAIN QUERY PLAN" if any_store.engine.dialect.name == "sqlite" else "EXPLAIN"
            plan = session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all()
            told = "\n".join(str(row) for row in plan)
        assert index in told, f"{name}:\n{told}"


def test_what_is_done_is_counted_so_far_only(database, source, monkeypatch):
    """A store of years holds a million of them: counting each on every page would cost more than the page."""
    monkeypatch.setattr(queue, "MOST_DONE", 3)
    with database.begin() as session:
        source_id = session.scalars(select(Source.id)).one()
        rows = [{"source_id": source_id, "identity": f"id:{n}", "created_at": NOW, "findings": 1} for n in range(6)]
        session.execute(insert(Article), rows)
        assert queue.counts(session, Filter())["done"] == 4
        assert queue.counts(session, Filter(section="Sport"))["done"] == 0
