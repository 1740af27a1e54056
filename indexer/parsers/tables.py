"""Sheets of cells as blocks: captions, the row that names the columns, and rows."""

import itertools
import re
from collections.abc import Iterable, Sequence

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import BlockKind, UnreadableFile

CELL_BREAK = " | "
MOST_COLUMNS = 2_000
_FIGURE = re.compile(r"[\W\d]*")
_DEFAULT_NAME = re.compile(
    r"(sheet|tabelle|feuil|feuille|hoja|foglio|blad|h[aá]rok|arkusz|foaie|φύλλο)\s?\d*",
    re.IGNORECASE,
)


class TableWriter:
    """Writes rows into ``page`` and counts them against ``limits``.

    An empty row ends a table. Lines of one cell above a table are its captions; its first row, if
    all its cells are words, names its columns.
    """

    def __init__(self, page: PageBuilder, limits: Limits) -> None:
        self._page = page
        self._limits = limits
        self._rows = 0
        self._cells = 0

    def sheet(self, name: str, rows: Iterable[Sequence[str]], is_alone: bool = False) -> None:
        """A sheet under its name as heading, unless it is empty or its name says nothing."""
        filled = itertools.dropwhile(lambda row: not any(map(str.strip, row)), rows)
        first = next(filled, None)
        if first is None:
            return
        if name and not (is_alone and _DEFAULT_NAME.fullmatch(name.strip())):
            self._page.add(BlockKind.HEADING, name, 1)
        self.rows(itertools.chain([first], filled))

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        table: list[list[str]] = []
        for row in rows:
            cells = _trimmed(row)
            if cells:
                self._count(cells)
                table.append(cells)
                continue
            self._table(table)
            table = []
        self._table(table)

    def _count(self, cells: Sequence[str]) -> None:
        self._rows += 1
        self._cells += len(cells)
        self._limits.check_rows(self._rows, self._cells)

    def _table(self, rows: Sequence[Sequence[str]]) -> None:
        first = next((place for place, row in enumerate(rows) if _filled(row) > 1), None)
        if first is None:
            for row in rows:
                self._page.add(BlockKind.PARAGRAPH, " ".join(row))
            return
        for row in rows[:first]:
            self._page.add(BlockKind.CAPTION, " ".join(row))
        for place, row in enumerate(rows[first:]):
            is_header = place == 0 and len(rows) > first + 1 and names_columns(row)
            self._page.add(BlockKind.HEADER if is_header else BlockKind.ROW, joined(row))


def names_columns(cells: Sequence[str]) -> bool:
    """Whether none of the cells is a figure or a date."""
    return not any(_FIGURE.fullmatch(cell) for cell in cells if cell.strip())


def joined(cells: Sequence[str]) -> str:
    return CELL_BREAK.join(" ".join(cell.split()) for cell in cells)


def check_columns(count: int) -> None:
    """Raises UnreadableFile for a row that nobody can read."""
    if count > MOST_COLUMNS:
        raise UnreadableFile("too_large", f"more than {MOST_COLUMNS} columns")


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell) for cell in cells)


def _trimmed(row: Sequence[str]) -> list[str]:
    """Without the empty cells at its end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells
