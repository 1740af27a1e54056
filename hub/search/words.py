"""Finds contributions by their words, the newest first: the one place that knows how each database
does it.

The work is bounded: of what matches, the newest ``limit`` are read, however common a word is. FTS5
goes through its lists from the end and stops there; PostgreSQL goes through the table from its end
for words that are common, and through the index for those that are not.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from hub.search.word_index import NAME
from knowledge.community_models import Contribution

MOST_WORDS = 12
_WORD = re.compile(r"\w+")
_FTS = table(NAME, column("rowid"))
_TS = table(NAME, column("id"), column("words"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """``words`` and ``phrases`` must all stand in the title or the text. Of each group in ``marks``
    one must be there (``hub.search.word_index``). ``before`` and ``after`` leave out."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    marks: tuple[tuple[str, ...], ...] = ()
    before: datetime | None = None
    after: datetime | None = None


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text in their order, folded as they are compared."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def audience_marks(audiences: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"a{audience.replace('-', '')}" for audience in sorted(audiences))


def matching(dialect: str, wanted: Wanted, limit: int) -> Select[int]:
    """The ids of the newest contributions that fit."""
    on_postgresql = dialect == "postgresql"
    ids: ColumnElement[int] = (_TS if on_postgresql else _FTS).c[0]
    found = select(ids.label("id"))
    if on_postgresql:
        found = found.where(_TS.c.words.op("@@")(_tsquery(wanted)))
    else:
        found = found.where(text(f"{NAME} MATCH :sought").bindparams(sought=fts_query(wanted)))
    for bound in _bounds(ids, wanted):
        found = found.where(bound)
    return found.order_by(ids.desc()).limit(limit)


def fts_query(wanted: Wanted) -> str:
    """As FTS5 writes it. Words hold nothing but letters, digits and _, and stand in quotes."""
    words = [f'"{word}"' for word in wanted.words]
    words += [f'"{" ".join(phrase)}"' for phrase in wanted.phrases]
    said = [f"{{title text}} : ({' AND '.join(words)})"] if words else []
    marks = [f"marks : ({' OR '.join(some)})" for some in wanted.marks]
    return " AND ".join(said + marks)


def _tsquery(wanted: Wanted) -> ColumnElement[str]:
    groups = (" | ".join(f"'#{mark}'" for mark in some) for some in wanted.marks)
    marks = " & ".join(f"({group})" for group in groups)
    query: ColumnElement[str] = func.to_tsquery("simple", "", type_=TSQUERY)
    if wanted.words:
        query = func.plainto_tsquery("simple", " ".join(wanted.words), type_=TSQUERY)
    for phrase in wanted.phrases:
        query = query.op("&&")(func.phraseto_tsquery("simple", " ".join(phrase)))
    return query.op("&&")(cast(marks, TSQUERY)) if marks else query


def _bounds(ids: ColumnElement[int], wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    """Ids rise with time, so a day is a place in their order. One that was held back for days may
    stand behind younger ones; it is found without these bounds."""
    found: list[ColumnElement[bool]] = []
    if wanted.before:
        last = select(Contribution.id).where(Contribution.written_at < wanted.before)
        last = last.order_by(Contribution.written_at.desc()).limit(1)
        found.append(ids <= func.coalesce(last.scalar_subquery(), 0))
    if wanted.after:
        first = select(Contribution.id).where(Contribution.written_at >= wanted.after)
        first = first.order_by(Contribution.written_at).limit(1)
        found.append(ids >= func.coalesce(first.scalar_subquery(), 2**53))
    return found
