import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from reports.database import Database
from reports.models import Base


def test_migrations_give_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    before = inspect(database.engine).get_table_names()
    database.upgrade()
    assert inspect(database.engine).get_table_names() == before


def test_sqlite_writes_ahead_and_minds_its_keys(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        with database.begin() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
            assert session.scalar(text("PRAGMA synchronous")) == 2, "FULL: what was answered 200 outlives a power cut"


def test_an_error_of_the_store_tells_no_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.begin() as session:
        session.execute(text("INSERT INTO source (name) VALUES (:name)"), {"name": "whsec_planted"})
    assert "whsec_planted" not in str(caught.value).partition("DETAIL")[0]
