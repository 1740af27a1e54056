"""One publisher at a time, over all processes; the turn ends with the process that has it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

_LOCK = "hashtext(:what || ' in ' || current_schema())"
_TRY = text(f"SELECT pg_try_advisory_lock({_LOCK})")
_END = text(f"SELECT pg_advisory_unlock({_LOCK})")


@contextmanager
def publishing_turn(engine: Engine, what: str = "publishing") -> Iterator[bool]:
    """Whether this is the one that publishes; False at once while somebody else does. ``what``:
    each index has a turn of its own.

    PostgreSQL keeps the lock of a connection, SQLite lies on one machine and has a file beside it.
    Both are let go by the system when a process is killed.
    """
    if engine.dialect.name == "postgresql":
        with _turn_on_postgresql(engine, what) as has_turn:
            yield has_turn
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield True
        return
    with _turn_at_file(Path(f"{database}.{what}")) as has_turn:
        yield has_turn


@contextmanager
def _turn_on_postgresql(engine: Engine, what: str) -> Iterator[bool]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        has_turn = bool(connection.scalar(_TRY, {"what": what}))
        try:
            yield has_turn
        finally:
            if has_turn:
                connection.execute(_END, {"what": what})


@contextmanager
def _turn_at_file(file: Path) -> Iterator[bool]:
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
