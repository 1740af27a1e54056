"""Runs the migrations on the app's database, all of them in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine

from knowledge.orm import Base, UtcDateTime


def _frozen_type(_kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must not change with the code, so it names no class of ours."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The words that triggers keep for the search (``hub.search.word_index``) are in no model."""
    return kind != "table" or not (name or "").startswith("contribution_words")


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "compare_type": True,
    "render_as_batch": True,
    "render_item": _frozen_type,
    "include_name": _is_ours,
}


def run() -> None:
    engine: Engine = current_app.extensions["migrate"].db.engine
    if context.is_offline_mode():
        context.configure(url=engine.url, literal_binds=True, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()
        return
    with engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
        context.configure(
            connection=connection,
            transactional_ddl=True,
            process_revision_directives=_nothing_for_no_change,
            **OPTIONS,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying and dropping it, and the drop must not delete the rows
    that refer to it. The switch works outside a transaction only."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def _nothing_for_no_change(_context: object, _revision: object, directives: list[Any]) -> None:
    """``flask db migrate`` writes no file where the tables are as the models say."""
    if directives and directives[0].upgrade_ops and directives[0].upgrade_ops.is_empty():
        directives[:] = []


run()
