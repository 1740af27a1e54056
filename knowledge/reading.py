"""Opening documents at a place: the reads behind a page, a text and a picture of a page.

Nothing is returned that ``reader`` may not see: hidden and missing look the same, None.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, undefer

from knowledge.access import Reader, readable_by
from knowledge.boxes import Rectangle, highlight, unpack
from knowledge.models import Document, PageRow, Version, VersionState


@dataclass(frozen=True, slots=True)
class Opened:
    """A document and the version of it that is read, which need not be the current one."""

    document: Document
    version: Version

    @property
    def is_current(self) -> bool:
        return self.version.id == self.document.current_version_id


def open_document(
    session: Session, document_id: int, reader: Reader, version: int | None = None
) -> Opened | None:
    """The document in its current version, or in the one with this number if it was ever ready."""
    wanted = (
        Version.id == Document.current_version_id if version is None else Version.number == version
    )
    found = session.execute(
        select(Document, Version)
        .join(Version, Version.document_id == Document.id)
        .where(Document.id == document_id, readable_by(reader))
        .where(wanted, Version.state == VersionState.READY)
    ).first()
    return Opened(*found) if found else None


def readable_versions(
    session: Session, versions: Iterable[int], reader: Reader
) -> dict[int, Document]:
    """Those of these versions that the reader may open, by id, each with its document: shown now,
    or ready and shown before."""
    found = session.execute(
        select(Version.id, Document)
        .join(Document, Document.id == Version.document_id)
        .where(Version.id.in_(sorted(set(versions))), readable_by(reader))
        .where(or_(Version.id == Document.current_version_id, Version.state == VersionState.READY))
    )
    return {row[0]: row[1] for row in found}


def ready_versions(session: Session, document: Document) -> Sequence[Version]:
    """The versions that can be read, newest first."""
    ready = select(Version).where(
        Version.document_id == document.id, Version.state == VersionState.READY
    )
    return session.scalars(ready.order_by(Version.number.desc())).all()


def successor(session: Session, document: Document, reader: Reader) -> Document | None:
    """The document that replaces this one, if the reader may see it."""
    if not document.replaced_by:
        return None
    replacing = select(Document).where(Document.path == document.replaced_by, readable_by(reader))
    return session.scalar(replacing)


def page(session: Session, version: Version, number: int) -> PageRow | None:
    """The page with this number, counted from 1, with the boxes of its characters."""
    one = select(PageRow).where(PageRow.version_id == version.id, PageRow.number == number)
    return session.scalar(one.options(undefer(PageRow.boxes)))


def page_number_at(session: Session, version: Version, position: int) -> int | None:
    """The number of the page that holds this position of the canonical text."""
    before = select(PageRow.number).where(
        PageRow.version_id == version.id, PageRow.start <= position
    )
    return session.scalar(before.order_by(PageRow.start.desc()).limit(1))


def text_length(session: Session, version: Version) -> int:
    """How many characters the canonical text has."""
    last = select(PageRow.start + func.length(PageRow.text)).where(PageRow.version_id == version.id)
    return session.scalar(last.order_by(PageRow.number.desc()).limit(1)) or 0


def highlights_on(row: PageRow, start: int, end: int) -> list[Rectangle]:
    """The rectangles over the stretch from ``start`` to ``end`` of the canonical text, as far as
    it stands on this page."""
    signs = {int(position) for position, _sign in row.notes}
    return highlight(unpack(row.boxes), start - row.start, end - row.start, signs)
