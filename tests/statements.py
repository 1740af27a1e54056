"""Statements that are written once for all tests.

SQLAlchemy writes each statement for each engine, which is most of what asking a small database
costs, and each test has an engine of its own. Engines of one kind of database share them here.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

WRITTEN: LRUCache[Any, Any] = LRUCache(4_000)


def share() -> None:
    """From now on, for the whole process. SQLAlchemy knows a statement by the dialect that wrote it
    too: those of one kind count as one."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)
        dialect.__hash__ = lambda self: hash(type(self))
    # Each engine sets a dictionary of its own, and is not heard.
    Engine._compiled_cache = property(lambda self: WRITTEN, lambda self, own: None)
