"""``INSERT … ON CONFLICT``, which both databases have and SQLAlchemy writes for each by itself."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_into(session: Session, table: Any) -> Any:
    """An insert that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``. An insert from
    a select needs a WHERE in it, or SQLite takes the ON of the conflict for that of a join."""
    return insert_for(dialect_of(session), table)


def insert_for(dialect: str, table: Any) -> Any:
    """The same for a statement that is made once for each database (``dialect_of``)."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)


def dialect_of(session: Session) -> str:
    return str(session.get_bind().dialect.name)
