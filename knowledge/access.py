"""Who may read what: the one definition. The database's condition and the index's parts come
from it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from knowledge.models import Document

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads, as far as access is concerned: the audiences they belong to."""

    audiences: frozenset[str]


ANYONE = Reader(frozenset({PUBLIC}))


def readable_by(reader: Reader) -> ColumnElement[bool]:
    """The condition on ``document`` for what this reader may see."""
    return and_(
        Document.withdrawn_at.is_(None),
        Document.current_version_id.is_not(None),
        Document.audience.in_(sorted(reader.audiences)),
    )
