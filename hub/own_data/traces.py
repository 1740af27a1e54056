"""What a trace of a person in the database is, and how its rows are found.

``hub.own_data.declared`` lists them all. A test compares the list with the tables: a column that
points at a person, or at rows of theirs, must be declared, and of each declared table every
column is either given out or left out for a reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from knowledge.orm import Base


class Why(StrEnum):
    """Why a column is left out; it stands so in the file."""

    SECRET = "it is a secret that protects the account"  # noqa: S105 - a sentence
    ANOTHER_PERSON = "it is about another person, or may name one"
    OTHERS_WORDS = "another person wrote it; ask the administrators for it"
    SEAL = "it seals the entries of the log and says nothing about a person"
    ALREADY_HERE = "it repeats what stands here"


@dataclass(frozen=True)
class Topic:
    """What is kept, why and how long, in the words of the page (lazy texts)."""

    what: Any
    why: Any
    how_long: Any


@dataclass(frozen=True)
class Whose:
    """The person whose rows are looked for: the number, and the addresses that they confirmed."""

    person_id: int
    addresses: frozenset[str]


Condition = Callable[[Table, Whose], ColumnElement[bool]]


@dataclass(frozen=True)
class Trace:
    """One way in which the rows of a table know a person.

    ``by`` is the column that points at the person, or at the rows of the trace ``below``. What no
    column points at is found by ``where``; ``by`` then says how, in words. ``named`` adds a column
    of the table that another column points at: {"group": ("group_id", "name")}. ``goes``: the
    rows are deleted when the person is erased.
    """

    table: str
    by: str
    topic: Topic
    given: tuple[str, ...]
    left_out: Mapping[str, Why] = field(default_factory=dict)
    goes: bool = False
    below: "Trace | None" = None
    where: Condition | None = None
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def of(self) -> Table:
        return Base.metadata.tables[self.table]

    def condition(self, whose: Whose) -> ColumnElement[bool]:
        if self.where is not None:
            return self.where(self.of, whose)
        if self.below is not None:
            above = self.below
            return self.of.c[self.by].in_(select(above.of.c.id).where(above.condition(whose)))
        return self.of.c[self.by] == whose.person_id

    def rows(self, whose: Whose) -> Select[Any]:
        columns = [self.of.c[name] for name in self.given]
        found = select(*columns, *self._names()).where(self.condition(whose))
        return found.order_by(self.of.c.id)

    def _names(self) -> list[Any]:
        return [
            select(target.c[shown])
            .where(target.c.id == self.of.c[column])
            .scalar_subquery()
            .label(label)
            for label, (column, shown) in self.named.items()
            for target in [next(iter(self.of.c[column].foreign_keys)).column.table]
        ]
