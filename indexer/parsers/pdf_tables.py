"""Tables of a PDF: cells of several lines put together, header rows and captions told apart."""

import re
from collections.abc import Sequence

from indexer.parsers.captions import names_table
from indexer.parsers.headings import is_contents_line
from indexer.parsers.parsed import BlockKind
from indexer.parsers.pdf_lines import Line
from indexer.parsers.pdf_pieces import Piece

_FIGURE = re.compile(r"[-–—(]?[€$£]?\s?\d[\d.,\s]*%?\)?|[-–—]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_IN_LINE = 4.0


def with_tables(pieces: Sequence[Piece], pitch: float) -> list[Piece]:
    """The blocks of a page, its rows whole and its header rows and captions known as such."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before and _is_label_of(before, piece, joined[:-1], pitch):
            piece.cells = [[*before.lines, _cell(piece.lines[0], 0)], *_rest(piece.lines[0])]
            joined[-1] = piece
        elif before and _wraps(before, piece, pitch):
            _take(before, piece)
        else:
            joined.append(piece)
    _name(joined)
    return joined


def _is_label_of(label: Piece, row: Piece, above: Sequence[Piece], pitch: float) -> bool:
    """Whether a row's first cell begins in the line before: "Middle East and / Asia | 12 | 13"."""
    if row.kind is not BlockKind.ROW or label.kind is not BlockKind.PARAGRAPH:
        return False
    first, end, line = label.lines[0], label.lines[-1].text[-1:], row.lines[0]
    in_table = bool(above) and above[-1].kind is BlockKind.ROW
    in_table = in_table and abs(above[-1].lines[0].left - line.left) < _IN_LINE
    is_near = len(label.lines) < 3 and line.top - label.lines[-1].top < 1.3 * pitch
    is_open = end.isalpha() or end in (",", "-")
    return in_table and is_near and is_open and abs(first.left - line.left) < 3 * _IN_LINE


def _wraps(row: Piece, piece: Piece, pitch: float) -> bool:
    """Whether ``piece`` is nothing but further lines of cells of ``row``, the first one aside."""
    if row.kind is not BlockKind.ROW or piece.kind not in (BlockKind.ROW, BlockKind.PARAGRAPH):
        return False
    if is_contents_line(row.lines[0].text) or row.lines[0].is_sideways:
        return False
    line, count = piece.lines[0], len(row.lines[0].cells)
    if count < 3 and not line.text[:1].islower():
        return False
    places = [_place(row, cell) for cell in line.cells]
    is_near = 0 < line.top - row.lines[-1].top < 1.35 * pitch
    return is_near and all(place is not None and place > 0 for place in places)


def _place(row: Piece, cell: Line) -> int | None:
    """The number of the cell of ``row`` that ``cell`` stands below."""
    for place, above in enumerate(row.lines[0].cells):
        if abs(above.left - cell.left) < _IN_LINE:
            return place
    return None


def _take(row: Piece, piece: Piece) -> None:
    row.cells = row.cells or [[cell] for cell in row.lines[0].cells]
    for place, cell in enumerate(piece.lines[0].cells):
        number = _place(row, cell)
        if number is not None:
            rest = piece.lines[1:] if not place else []
            row.cells[number] += [cell, *rest]
    row.lines.extend(piece.lines)


def _cell(line: Line, place: int) -> Line:
    return line.cells[place]


def _rest(line: Line) -> list[list[Line]]:
    return [[cell] for cell in line.cells[1:]]


def _name(pieces: Sequence[Piece]) -> None:
    for place, piece in enumerate(pieces):
        above = pieces[place - 1] if place else None
        below = pieces[place + 1] if place + 1 < len(pieces) else None
        if piece.kind is BlockKind.ROW and (above is None or above.kind is not BlockKind.ROW):
            rows = _rows_from(pieces, place + 1)
            if _names_columns(piece.lines[0], rows):
                piece.kind = BlockKind.HEADER
        elif piece.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and _is_caption(piece):
            beside = [other for other in (above, below) if other is not None]
            if any(other.kind in (BlockKind.ROW, BlockKind.HEADER) for other in beside):
                piece.kind, piece.level = BlockKind.CAPTION, 0


def _rows_from(pieces: Sequence[Piece], place: int) -> list[Line]:
    rows = []
    for piece in pieces[place:]:
        if piece.kind is not BlockKind.ROW:
            break
        rows.append(piece.lines[0])
    return rows


def _is_caption(piece: Piece) -> bool:
    return names_table(" ".join(line.text for line in piece.lines))


def _names_columns(line: Line, rows: Sequence[Line]) -> bool:
    """Whether a row names the columns below it: set bold or italic, as the rows are not, or in
    words where they hold figures."""
    if is_contents_line(line.text) or not any(map(str.isalpha, line.text)) or _has_figures(line):
        return False
    style = (line.is_bold, line.is_italic)
    if any(style):
        return not rows or any((row.is_bold, row.is_italic) != style for row in rows)
    return bool(rows) and all(map(_has_figures, rows))


def _has_figures(line: Line) -> bool:
    """Amounts, not years."""
    cells = [cell.text for cell in line.cells[1:]]
    return any(_FIGURE.fullmatch(cell) and not _YEAR.fullmatch(cell) for cell in cells)
