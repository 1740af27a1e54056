"""The canonical text of a version: its pages' texts one after the other, addressed by offsets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from knowledge.models import PageRow, Passage

Position = SQLColumnExpression[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a stretch stands on one page."""

    number: int
    label: str | None
    is_recognised: bool
    text: str


def pieces_between(session: Session, version_id: int, start: int, end: int) -> list[Piece]:
    """The characters from ``start`` up to ``end``, page by page, read anew."""
    found = session.execute(_pieces(version_id, start, end).order_by(PageRow.start))
    return [Piece(*row) for row in found if row[3]]


def pieces_of_each(
    session: Session, stretches: Sequence[tuple[int, int, int]]
) -> list[list[Piece]]:
    """The same for several stretches (version, start, end), in their order, in one statement."""
    pieces: list[list[Piece]] = [[] for _ in stretches]
    asked = [
        _pieces(*stretch).add_columns(literal(place), PageRow.start)
        for place, stretch in enumerate(stretches)
    ]
    rows = session.execute(union_all(*asked)).all() if asked else []
    for *piece, place, _start in sorted(rows, key=lambda row: row[-1]):
        if piece[3]:
            pieces[place].append(Piece(*piece))
    return pieces


def text_between(session: Session, version_id: int, start: int, end: int) -> str:
    """The characters from ``start`` up to ``end``; shorter where the version ends before."""
    return "".join(piece.text for piece in pieces_between(session, version_id, start, end))


def stretches(session: Session, passages: Iterable[int]) -> dict[int, str]:
    """The canonical text from the start to the end of each of these passages, in one query."""
    of_passage = and_(
        PageRow.version_id == Passage.version_id,
        PageRow.start < Passage.end,
        PageRow.start >= _first_page(Passage.version_id, Passage.start),
    )
    found = (
        select(Passage.id, _cut(Passage.start, Passage.end))
        .join(PageRow, of_passage)
        .where(Passage.id.in_(list(passages)))
        .order_by(Passage.id, PageRow.start)
    )
    texts: dict[int, str] = {}
    for passage, text in session.execute(found):
        texts[passage] = texts.get(passage, "") + text
    return texts


def _pieces(version_id: int, start: int, end: int) -> Select[int, str | None, bool, str]:
    text = _cut(literal(start), literal(end))
    return (
        select(PageRow.number, PageRow.label, PageRow.is_recognised, text)
        .where(PageRow.version_id == version_id)
        .where(PageRow.start < end, PageRow.start >= _first_page(literal(version_id), start))
    )


def _cut(start: Position, end: Position) -> SQLColumnExpression[str]:
    """What of a page lies between two positions. Cut by the database: the one page of a long text
    need not travel for a few sentences of it."""
    skipped = case((PageRow.start < start, start - PageRow.start), else_=0)
    return func.substr(PageRow.text, skipped + 1, end - PageRow.start - skipped)


def _first_page(version_id: Position, start: Position | int) -> Any:
    """Where the page begins that holds ``start``. By the index alone: the lengths of the pages
    before it could be told only by reading them."""
    before = aliased(PageRow)
    first = select(func.max(before.start)).where(
        before.version_id == version_id, before.start <= start
    )
    return first.scalar_subquery()
