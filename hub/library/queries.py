"""Every read of the library that spans several documents. Only what the reader may see."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from hub.library.filters import Filters
from knowledge.access import Reader, readable_by
from knowledge.models import Document, Version

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list, and how many documents the whole list has."""

    rows: Sequence[Row[Document, Version]]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the reader can read, counted."""

    languages: Counter[str]
    types: Counter[str]
    statuses: Counter[str]

    @property
    def documents(self) -> int:
        return self.languages.total()


def find_documents(session: Session, reader: Reader, filters: Filters, page: int) -> Found:
    """The documents that fit, page by page (from 1)."""
    fitting = [readable_by(reader), *_conditions(filters)]
    total = session.scalar(select(func.count()).select_from(Document).where(*fitting)) or 0
    listed = _readable(fitting).order_by(*_order(filters.sort))
    rows = session.execute(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Found(rows, total)


def newest_documents(
    session: Session, reader: Reader, limit: int
) -> Sequence[Row[Document, Version]]:
    """What was added last, newest first."""
    newest = _readable([readable_by(reader)])
    newest = newest.order_by(Document.created_at.desc(), Document.id).limit(limit)
    return session.execute(newest).all()


def readable_among(session: Session, reader: Reader, document_ids: Iterable[int]) -> set[int]:
    """Those of these documents that the reader may see."""
    ids = sorted(set(document_ids))
    return set(
        session.scalars(select(Document.id).where(Document.id.in_(ids), readable_by(reader)))
    )


def holdings(session: Session, reader: Reader) -> Holdings:
    columns = (Document.language, Document.type, Document.status)
    counted = select(*columns, func.count()).where(readable_by(reader)).group_by(*columns)
    held = Holdings(Counter(), Counter(), Counter())
    for language, kind, status, count in session.execute(counted):
        held.languages[language] += count
        held.types[kind] += count
        held.statuses[status] += count
    return held


def successors(
    session: Session, reader: Reader, documents: Iterable[Document]
) -> dict[str, Document]:
    """The readable documents that replace these, by their path."""
    paths = {document.replaced_by for document in documents if document.replaced_by}
    if not paths:
        return {}
    replacing = select(Document).where(Document.path.in_(paths), readable_by(reader))
    return {document.path: document for document in session.scalars(replacing)}


def _readable(conditions: Sequence[ColumnElement[bool]]) -> Select[Document, Version]:
    joined = select(Document, Version).join(Version, Version.id == Document.current_version_id)
    return joined.where(*conditions)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    exact = {
        Document.language: filters.language,
        Document.type: filters.type,
        Document.status: filters.status,
    }
    narrowing = [column == value for column, value in exact.items() if value]
    return narrowing + [_title_has(word) for word in filters.q.split()]


def _title_has(word: str) -> ColumnElement[bool]:
    """SQLite compares without case in ASCII only, so the other spellings are asked for too."""
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    return or_(
        *(Document.title.icontains(spelling, autoescape=True) for spelling in sorted(spellings))
    )


def _order(sort: str) -> tuple[ColumnElement[Any], ...]:
    by_title: tuple[ColumnElement[Any], ...] = (func.lower(Document.title), Document.id.expression)
    return by_title if sort == "title" else (Document.date.desc(), *by_title)
