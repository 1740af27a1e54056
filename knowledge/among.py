"""Whether a column is one of many values, on both databases, in a statement that is made once."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: Any, values: str) -> ColumnElement[bool]:
    """``among(Person.id, "ids")``; the values come by that name when the statement runs.

    As ``in_`` with an expanding parameter, for which SQLAlchemy writes the statement anew each time
    that it runs, with a parameter for each value: on a page that took as long as the statement.
    """
    given = _each(bindparam(values, type_=_Values(column.type)))
    found: ColumnElement[bool] = column.op("IN", is_comparison=True)(given)
    return found


class _each(FunctionElement[Any]):
    """The values, a row for each."""

    name = "each"
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


@compiles(_each, "sqlite")
def _on_sqlite(element: _each, compiler: Any, **options: Any) -> str:
    values = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({values}))"  # noqa: S608 - a parameter's place


@compiles(_each, "postgresql")
def _on_postgresql(element: _each, compiler: Any, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"
