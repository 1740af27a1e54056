"""The canonical text of a version: its pages' texts one after the other, addressed by offsets."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from knowledge.models import PageRow


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a stretch stands on one page."""

    number: int
    label: str | None
    is_recognised: bool
    text: str


def pieces_between(session: Session, version_id: int, start: int, end: int) -> list[Piece]:
    """The characters from ``start`` up to ``end``, page by page, read anew."""
    # Cut by the database: the one page of a long text need not travel for a few sentences of it.
    page_end = PageRow.start + func.length(PageRow.text)
    skipped = case((PageRow.start < start, start - PageRow.start), else_=0)
    text = func.substr(PageRow.text, skipped + 1, end - PageRow.start - skipped)
    found = (
        select(PageRow.number, PageRow.label, PageRow.is_recognised, text)
        .where(PageRow.version_id == version_id, PageRow.start < end, page_end > start)
        .order_by(PageRow.start)
    )
    return [Piece(*row) for row in session.execute(found)]


def text_between(session: Session, version_id: int, start: int, end: int) -> str:
    """The characters from ``start`` up to ``end``; shorter where the version ends before."""
    return "".join(piece.text for piece in pieces_between(session, version_id, start, end))
