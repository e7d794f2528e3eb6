import json
import subprocess
import sys
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from reports.database import MIGRATIONS, NEWEST, Database, open_database
from reports.faults import hash_of
from reports.models import COUNTED_BY, Article, Base, Event, Finding, Source
from reports.settings import Settings
from tests.conftest import NOW

PLANS = """SELECT sum(generic_plans) AS generic, sum(custom_plans) AS custom FROM pg_prepared_statements
  WHERE cardinality(parameter_types) > 0"""


def is_on_both(_item: object, name: str | None, kind: str, *_: object) -> bool:
    """All but the indexes by a function of PostgreSQL's own, which reports.texts alone speaks of."""
    return kind != "index" or not (name or "").endswith("_trigrams")


def test_migrations_give_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_on_both})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_queue_is_counted_by_its_indexes_alone(database: Database) -> None:
    """Alembic's comparison does not look at what an index only holds."""
    indexes = {index["name"]: index for index in inspect(database.engine).get_indexes("article")}
    wanted = {index.name: index.dialect_options["postgresql"]["include"] for index in Article.__table__.indexes}
    for tab in ("new", "back", "timed"):
        name = f"ix_article_queue_{tab}"
        assert indexes[name]["dialect_options"]["postgresql_include"] == wanted[name] == list(COUNTED_BY)


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    before = inspect(database.engine).get_table_names()
    database.upgrade()
    assert inspect(database.engine).get_table_names() == before


def test_the_newest_revision_is_the_last_of_the_migrations() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


def test_a_store_that_is_up_to_date_is_not_asked_by_alembic(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of the command line brings the store up to date first, and Alembic alone takes longer than they do."""
    monkeypatch.setattr(command, "upgrade", lambda *_: pytest.fail("asked"))
    database.upgrade()
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    with pytest.raises(pytest.fail.Exception, match="asked"):
        database.upgrade()


def test_alembic_is_imported_when_it_is_needed_alone() -> None:
    code = "import sys, reports.database; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=MIGRATIONS.parents[1], check=False).returncode == 0


def test_sqlite_writes_ahead_and_minds_its_keys(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        with database.begin() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
            assert session.scalar(text("PRAGMA synchronous")) == 2, "FULL: what was answered 200 outlives a power cut"


def test_who_only_looks_waits_for_no_writer(database: Database) -> None:
    with database.begin() as writing:
        writing.execute(insert(Source), {"name": "daily", "kind": "standard", "created_at": NOW})
        with database.read() as looking:
            assert looking.scalar(select(func.count()).select_from(Source)) == 0
    with database.read() as looking:
        assert looking.scalar(select(func.count()).select_from(Source)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite plans for no values
def test_postgresql_plans_for_the_values_however_often_a_statement_came(database: Database) -> None:
    for _ in range(12):  # a driver prepares it after five, and the server gives one plan to all values after five more
        with database.read() as session:
            session.scalar(select(Source.id).where(Source.name == "daily"))
            plans = session.execute(text(PLANS)).one()
    assert plans.generic == 0
    assert plans.custom > 5


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no server
def test_a_rested_connection_that_its_server_ended_is_made_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.begin() as session:
        first = session.scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    other.dispose()
    monkeypatch.setattr("reports.database.RESTED_S", -1.0)
    with database.begin() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != first


def test_an_error_of_the_store_tells_no_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.begin() as session:
        session.execute(text("INSERT INTO source (name) VALUES (:name)"), {"name": "whsec_planted"})
    assert "whsec_planted" not in str(caught.value).partition("DETAIL")[0]


FOUND = {"fingerprint": "f1", "kind": None, "text": "Oops!  Something went wrong."}
KEPT = (
    ("source", {"id": 1, "name": "daily", "kind": "standard", "desk": "news", "created_at": NOW}),
    ("article", {"id": 1, "source_id": 1, "identity": "id:1", "created_at": NOW, "latest_report_id": 1}),
    (
        "revision",
        {
            "id": 1, "article_id": 1, "content": b"", "content_kind": "html", "content_hash": "", "order_key": "",
            "received_at": NOW,
            "meta": json.dumps({"url": None, "metadata": {"section": "Sport"}}),
        },
    ),
    (
        "report",
        {
            "id": 1, "revision_id": 1, "article_id": 1, "ruleset": "r", "as_of": NOW,
            "body": json.dumps({"article": {"byline": "Ann Field"}, "findings": [FOUND]}),
        },
    ),
    (
        "finding",
        {
            "id": 1, "article_id": 1, "fingerprint": "f1", "rule": "widget-error-text", "version": 1, "severity": "error",
            "state": "reopened", "message": "An error.", "first_report_id": 1, "last_report_id": 1, "changed_at": NOW,
        },
    ),
)  # fmt: skip


def test_what_was_kept_before_verdicts_is_carried_over(settings: Settings) -> None:
    database = open_database(settings)
    with database.engine.begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", str(MIGRATIONS))
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0003")
        for table, row in KEPT:
            _insert(connection, table, row)
    database.upgrade()
    with database.begin() as session:
        finding, article = session.scalars(select(Finding)).one(), session.scalars(select(Article)).one()
        assert (finding.source_id, finding.text, finding.text_hash) == (1, FOUND["text"], hash_of(FOUND | {}))
        assert (finding.appeared_at, finding.serial) == (NOW, 1)
        assert (article.section, article.byline, article.desk) == ("Sport", "Ann Field", "news")
        assert (article.worst, article.open_errors, article.open_back, article.findings) == (3, 1, 1, 1)
        assert article.arrived_at == NOW
        assert session.scalars(select(Event.kind)).all() == ["appeared"]
    database.close()


def _insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    values = {name: f"{value:%Y-%m-%d %H:%M:%S.%f}" if sqlite and value is NOW else value for name, value in row.items()}
    connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"), values)
