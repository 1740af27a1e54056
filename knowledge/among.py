"""Whether a column is one of many values, on both databases, in a statement that is made once."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


def among(column: Any, values: str) -> ColumnElement[bool]:
    """``among(Person.id, "ids")``; the values come by that name when the statement runs.

    As ``in_`` with an expanding parameter, for which SQLAlchemy writes the statement anew each time
    that it runs, with a parameter for each value: on a page that took as long as the statement.
    """
    return _Among(column, bindparam(values, type_=_Values(column.type)))


class _Among(FunctionElement[bool]):
    """Without a type: to one that is true or false SQLAlchemy adds "= 1" on SQLite, which keeps the
    index of the column out."""

    name = "among"
    type = NullType()  # type: ignore[assignment]
    inherit_cache = True


class _Values(TypeDecorator[Iterable[Any]]):
    """SQLite takes them as one text in JSON, PostgreSQL as an array."""

    impl = String
    cache_ok = True

    def __init__(self, one: TypeEngine[Any]) -> None:
        super().__init__()
        self.one = one

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(String() if is_sqlite else ARRAY(self.one))

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return json.dumps(values) if dialect.name == "sqlite" else values


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(side, **options) for side in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled parts


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    """Not IN (SELECT unnest(…)), of which PostgreSQL makes a join that reads the whole table."""
    column, values = (compiler.process(side, **options) for side in element.clauses)
    return f"{column} = ANY ({values})"
