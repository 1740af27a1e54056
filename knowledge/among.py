"""Whether a column is one of many values, on both databases, in a statement that is made once."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Boolean, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class among(FunctionElement[bool]):
    """``among(Person.id, "ids")``; the values come by that name when the statement runs.

    As ``in_`` with an expanding parameter, for which SQLAlchemy writes the statement anew each time
    that it runs, with a parameter for each value: on a page that took as long as the statement.
    """

    name = "among"
    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, values: str) -> None:
        super().__init__(column, bindparam(values, type_=_Values(column.type)))


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


def _sides(element: among, compiler: Any, options: Any) -> tuple[str, str]:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return column, values


@compiles(among, "sqlite")
def _on_sqlite(element: among, compiler: Any, **options: Any) -> str:
    column, values = _sides(element, compiler, options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled parts


@compiles(among, "postgresql")
def _on_postgresql(element: among, compiler: Any, **options: Any) -> str:
    column, values = _sides(element, compiler, options)
    return f"{column} = ANY({values})"
