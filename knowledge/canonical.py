"""The canonical text of a version: its pages' texts one after the other, addressed by offsets."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from knowledge.models import PageRow


def pages_between(session: Session, version_id: int, start: int, end: int) -> Sequence[PageRow]:
    """The pages that hold a character from ``start`` up to ``end``, in order, read anew."""
    first = (
        select(PageRow.start)
        .where(PageRow.version_id == version_id, PageRow.start <= start)
        .order_by(PageRow.start.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = select(PageRow).where(
        PageRow.version_id == version_id, PageRow.start >= first, PageRow.start < end
    )
    return session.scalars(
        wanted.order_by(PageRow.start).execution_options(populate_existing=True)
    ).all()


def text_between(session: Session, version_id: int, start: int, end: int) -> str:
    """The characters from ``start`` up to ``end``; shorter where the version ends before."""
    # Cut by the database: the one page of a long text need not travel for a few sentences of it.
    page_end = PageRow.start + func.length(PageRow.text)
    skipped = case((PageRow.start < start, start - PageRow.start), else_=0)
    kept = end - PageRow.start - skipped
    pieces = (
        select(func.substr(PageRow.text, skipped + 1, kept))
        .where(PageRow.version_id == version_id, PageRow.start < end, page_end > start)
        .order_by(PageRow.start)
    )
    return "".join(session.scalars(pieces))
