"""The base of every table, and how a database is opened.

Importing this module makes every SQLite connection of the process use WAL, enforce foreign keys
and wait for a lock; transactions begin IMMEDIATE unless they are declared ``read_only``. A read
transaction that turns into a write fails at once on SQLite when somebody else wrote in between,
so only what never writes may be declared so.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    Integer,
    MetaData,
    Row,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def unguessable_id() -> int:
    """An id for what not everybody may know of: numbers that count would tell by their gaps that
    something stands between. They fit every database's integer."""
    return secrets.randbelow(2**31 - 1) + 1


# For tables with so many rows that 31 bits drawn at random would meet; scripts count to 2**53.
LARGEST_LONG_ID = 2**53 - 1
LongId = BigInteger().with_variant(Integer, "sqlite")


def unguessable_long_id() -> int:
    """The same for tables that grow to millions of rows (``LongId``)."""
    return secrets.randbelow(LARGEST_LONG_ID) + 1


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in, an aware UTC time out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def normalised_url(url: str) -> str:
    """The address with the driver that is installed: plain ``postgresql://`` means psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def open_engine(url: str) -> Engine:
    return create_engine(normalised_url(url), pool_pre_ping=not url.startswith("sqlite"))


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: it takes no write lock and is rolled back at the end."""
    with Session(read_only(engine), expire_on_commit=False) as session:
        yield session


def rows(
    session: Session, statement: Executable, values: Mapping[str, Any]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """All rows of a statement that asks for columns: what the session does for entities is left
    out, which takes longer than reading the rows of a page."""
    return run(session, statement, values).all()


def run(
    session: Session, statement: Executable, values: Mapping[str, Any]
) -> CursorResult[*tuple[Any, ...]]:
    """The same for a statement that changes rows; entities of the session do not learn of it."""
    session.flush()
    return session.connection().execute(statement, values)


def read_only(engine: Engine) -> Engine:
    """The same pool, whose transactions begin without the write lock."""
    if engine not in _READ_ONLY:
        _READ_ONLY[engine] = engine.execution_options(read_only=True)
    return _READ_ONLY[engine]


_READ_ONLY: dict[Engine, Engine] = {}


@event.listens_for(Engine, "connect")
def _configure_sqlite(dbapi_connection: Any, _record: Any) -> None:
    if not type(dbapi_connection).__module__.startswith("sqlite3"):
        return
    dbapi_connection.isolation_level = None  # we write BEGIN ourselves, see _begin
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten in the file too
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Two that open a new database at once: SQLite lets one change it and refuses the other without
    waiting, whatever the timeout."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        deferred = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")
