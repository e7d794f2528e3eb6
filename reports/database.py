"""The store's connection: SQLite in WAL mode or PostgreSQL, the same functions on both."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event, insert, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from reports import outbox
from reports.errors import StoreDownError
from reports.models import Base
from reports.settings import Settings
from reports.turns import Turns

RESTED_S = 1.0  # without use, after which a connection is asked first
BUSY_S = 15  # how long a writer waits for SQLite's only lock before it gives up
READ_ONLY = "copydesk_read_only"
# PostgreSQL's generic plan for a prepared statement reads a million rows where a filter leaves ten: seen with
# bench/store_size.py, 60 ms for the first ten calls of a connection and 300 after.
PLANS = "force_custom_plan"
# A host that is cut off in the middle of a transaction holds its rows' locks until PostgreSQL notices: by itself, after hours.
# Meanwhile whoever delivers the same story waits; seen with bench/hosts.py: calls timed out during a cut of 90 s.
SILENT_S = 20  # without a sign of life, either side gives a connection up
IDLE_S = 60  # inside a transaction, without a statement: a task may take so long in all
POSTGRESQL = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENT_S * 1000,
    "options": (
        "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        f" -c tcp_user_timeout={SILENT_S * 1000} -c idle_in_transaction_session_timeout={IDLE_S * 1000}"
        f" -c plan_cache_mode={PLANS}"
    ),
}
MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = "0015"  # the revision that the models are; a test holds it to the last of the migrations


@dataclass(frozen=True)
class Database:
    """One store. Open it after a fork, never before."""

    engine: Engine
    sessions: sessionmaker[Session]

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on an exception. Raises StoreDownError when there is no store."""
        try:
            with self.sessions.begin() as session:
                yield session
        except (OperationalError, InterfaceError) as error:
            raise StoreDownError(f"The store cannot be reached: {type(error.orig).__name__}: {error.orig}.") from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that only looks: on SQLite it waits for no writer. Raises StoreDownError."""
        with self.begin() as session:
            session.connection(execution_options={READ_ONLY: True})
            yield session

    def check(self) -> None:
        """Raises StoreDownError unless the store answers."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def upgrade(self) -> None:
        """Brings the tables up to date (Alembic, to head). Alembic is imported only where something is to do."""
        with self.engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            if _stands_at(connection) == NEWEST:
                return
        from alembic import command  # noqa: PLC0415 - takes as long to start as all else of a short command
        from alembic.config import Config  # noqa: PLC0415

        with self.engine.begin() as connection:
            configuration = Config()
            configuration.set_main_option("script_location", str(MIGRATIONS))
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()


def open_database(settings: Settings, *, patient: bool = False) -> Database:
    """The store that the settings name; for SQLite its folder is made. No connection is opened yet.

    ``patient``: nobody waits for what this process writes, so that on SQLite others go first (``reports.turns``).
    """
    url = settings.database_url
    if url.startswith("sqlite"):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # the secrets of sources lie in it
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_S, "check_same_thread": False})
        _prepare_sqlite(engine, Turns(engine, BUSY_S, patient=patient))
    else:
        engine = create_engine(url, hide_parameters=True, pool_size=5, max_overflow=5, connect_args=POSTGRESQL)
        _ask_the_rested(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    outbox.watch(sessions)
    return Database(engine, sessions)


def _stands_at(connection: Connection) -> str | None:
    """The revision of a store's tables; None where nothing was made yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def insert_new(session: Session, model: type[Base], values: dict[str, Any], unique: tuple[str, ...]) -> int | None:
    """Inserts a row and gives its id; None when a row with the same ``unique`` columns is there or arrives first."""
    session.flush()
    statement = _insert_new(session.get_bind().dialect.name, model, unique)
    return session.connection().execute(statement, values).scalar_one_or_none()


def insert_row(session: Session, model: type[Base], values: dict[str, Any]) -> int:
    """Inserts a row and gives its id, where nobody needs it as an object."""
    session.flush()
    return int(session.connection().execute(_insert(model), values).scalar_one())


@cache
def _insert(model: type[Base]) -> Executable:
    return insert(model).returning(model.id)  # type: ignore[attr-defined]


@cache  # one for each table: a statement that is made once costs a third of one that is made anew
def _insert_new(dialect: str, model: type[Base], unique: tuple[str, ...]) -> Executable:
    added = sqlite.insert(model) if dialect == "sqlite" else postgresql.insert(model)
    return added.on_conflict_do_nothing(index_elements=list(unique)).returning(model.id)  # type: ignore[attr-defined]


def _ask_the_rested(engine: Engine) -> None:
    """A connection that has rested is asked whether it still answers, and is made anew if not: its server may have restarted.

    One that answered a moment ago is not asked: that would cost every transaction a round trip more.
    """

    @event.listens_for(engine, "checkout")
    def _check_out(connection: Any, record: Any, _proxy: object) -> None:
        now = time.monotonic()
        rested, record.info["taken"] = now - record.info.get("taken", now), now
        if rested <= RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError(str(error)) from error


def _prepare_sqlite(engine: Engine, turns: Turns) -> None:
    """WAL, foreign keys, and BEGIN IMMEDIATE so that two writers queue up instead of failing half-way; who only looks does not.

    ``synchronous=FULL``: with NORMAL a power cut takes back what was committed last, and that was answered 200.
    ``secure_delete``: what is erased is overwritten, and does not stay behind in free pages.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_S * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        looks = connection.get_execution_options().get(READ_ONLY, False)
        if not looks:
            turns.take(connection.info)
        connection.exec_driver_sql("BEGIN" if looks else "BEGIN IMMEDIATE")
