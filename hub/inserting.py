"""``INSERT … ON CONFLICT``, which both databases have and SQLAlchemy writes for each by itself."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_into(session: Session, table: Any) -> Any:
    """An insert that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``. An insert from
    a select needs a WHERE in it, or SQLite takes the ON of the conflict for that of a join."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite.insert)(table)
