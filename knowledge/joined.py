"""Values of many rows as one text, on both databases."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class joined(FunctionElement[str]):
    """The values of a group, parted by blanks; NULL where there are none.

    As ``func.aggregate_strings``, whose separator SQLAlchemy writes into the statement anew each
    time that it runs: on a page that took as long as the statement.
    """

    name = "joined"
    type = String()
    inherit_cache = True


@compiles(joined, "sqlite")
def _on_sqlite(element: joined, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, ' ')"


@compiles(joined, "postgresql")
def _on_postgresql(element: joined, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, ' ')"
