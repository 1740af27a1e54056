"""Excel workbooks: the visible sheets as tables, with the values that the program last showed."""

import datetime
import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.limits import Limits
from indexer.parsers.office import is_on, main_part, related, relations, stated_facts
from indexer.parsers.parsed import ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import XLSX
from indexer.parsers.tables import MOST_COLUMNS, TableWriter, check_columns
from indexer.parsers.xml_source import (
    Element,
    Package,
    attribute,
    child,
    children,
    name_of,
    read_elements,
)  # fmt: skip

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)))
_PERCENT = {9: 0, 10: 2}
_TEXT_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class XlsxParser:
    """Reads XLSX; hidden sheets, rows and columns stay out, formulas give their stored values."""

    media_types: tuple[str, ...] = (XLSX,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        package = Package(stream, self._limits)
        book = _Book(package)
        page = PageBuilder()
        writer = TableWriter(page, self._limits)
        for name, part in book.sheets:
            writer.sheet(name, book.rows(part), is_alone=len(book.sheets) == 1)
        title, language, date = stated_facts(package, "docProps/core.xml")
        return ParsedDocument((page.page(1),), has_pages=False, title=title,
                              language=language, date=date)  # fmt: skip


class _Book:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._part = main_part(package, "xl/workbook.xml")
        root = package.root(self._part)
        if root is None:
            raise UnreadableFile("damaged", "the workbook is missing")
        self._counts_from_1904 = (facts := child(root, "workbookPr")) is not None and is_on(
            facts, "date1904"
        )
        self.sheets = self._visible(root)
        self._words = self._shared_words()
        self._formats = self._number_formats()

    def _visible(self, root: Element) -> list[tuple[str, str]]:
        """(name, part) of the sheets that a reader of the file sees."""
        parts = relations(self._package, self._part)
        listed = child(root, "sheets")
        return [
            (sheet.get("name", ""), parts[attribute(sheet, "id")][1])
            for sheet in (listed if listed is not None else ())
            if sheet.get("state", "visible") == "visible" and attribute(sheet, "id") in parts
        ]

    def _shared_words(self) -> list[str]:
        part = related(self._package, self._part, "sharedStrings")
        if part is None or part not in self._package.names:
            return []
        with self._package.open(part) as stream:
            return [_words(item) for item in read_elements(stream, _SPACE + "si", _STRICT + "si")]

    def _number_formats(self) -> list[tuple[int, str]]:
        """(number, code) of the format of each style of cells."""
        part = related(self._package, self._part, "styles")
        root = self._package.root(part) if part else None
        declared = child(root, "numFmts")
        codes = {
            _number(each.get("numFmtId")): each.get("formatCode", "")
            for each in (declared if declared is not None else ())
        }
        styles = child(root, "cellXfs")
        ids = [_number(each.get("numFmtId")) for each in (styles if styles is not None else ())]
        return [(number, codes.get(number, "")) for number in ids]

    def rows(self, part: str) -> Iterator[list[str]]:
        """The visible rows of a sheet; between two that do not follow each other, an empty one."""
        hidden: set[int] = set()
        before = 0
        tags = [space + name for space in (_SPACE, _STRICT) for name in ("cols", "row")]
        with self._package.open(part) as stream:
            for element in read_elements(stream, *tags):
                if name_of(element) == "cols":
                    hidden = _hidden_columns(element)
                    continue
                number = _number(element.get("r")) or before + 1
                if number > before + 1:
                    yield []
                before = number
                if not is_on(element, "hidden"):
                    yield self._row(element, hidden)

    def _row(self, row: Element, hidden: set[int]) -> list[str]:
        cells: dict[int, str] = {}
        place = -1
        for cell in children(row, "c"):
            place = column if (column := _column(cell.get("r", ""))) >= 0 else place + 1
            if place not in hidden and (shown := self._shown(cell)):
                check_columns(place + 1)
                cells[place] = shown
        columns = range(max(cells, default=-1) + 1)
        return [cells.get(column, "") for column in columns if column not in hidden]

    def _shown(self, cell: Element) -> str:
        kind, value = cell.get("t", "n"), child(cell, "v")
        if kind == "inlineStr":
            return _words(inline) if (inline := child(cell, "is")) is not None else ""
        text = (value.text or "") if value is not None else ""
        if kind == "s":
            place = _number(text, -1)
            return self._words[place] if 0 <= place < len(self._words) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(text, text)
        return self._figure(text, _number(cell.get("s"))) if kind == "n" else text

    def _figure(self, text: str, style: int) -> str:
        try:
            value = float(text)
        except ValueError:
            return text
        number, code = self._formats[style] if 0 <= style < len(self._formats) else (0, "")
        bare = _TEXT_IN_FORMAT.sub("", code.split(";")[0]).lower()
        if number in _DATES or (code and re.search(r"[ymdhs]", bare) and "general" not in bare):
            return _moment(value, self._counts_from_1904) or plain_number(value)
        if number in _PERCENT or bare.endswith("%"):
            decimals = _PERCENT.get(number, len(bare.partition(".")[2].rstrip("%")))
            return f"{100 * value:.{min(decimals, 10)}f}%"
        return plain_number(value)


def plain_number(value: float) -> str:
    """Without the digits that binary fractions add."""
    whole = value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else f"{value:.12g}"


def _moment(value: float, counts_from_1904: bool) -> str:
    start = datetime.datetime(1904, 1, 1) if counts_from_1904 else datetime.datetime(1899, 12, 30)
    try:
        moment = start + datetime.timedelta(seconds=round(value * 86_400))
    except (OverflowError, ValueError):
        return ""
    if 0 <= value < 1:
        return moment.strftime("%H:%M")
    is_day = moment.time() == datetime.time()
    return moment.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M")


def _words(item: Element) -> str:
    """The text of its runs; how a word is pronounced stays out."""
    return "".join(
        text.text or ""
        for text in item.iter("{*}t")
        if name_of(text.getparent()) != "rPh"
    )  # fmt: skip


def _hidden_columns(columns: Element) -> set[int]:
    found: set[int] = set()
    for each in children(columns, "col"):
        if is_on(each, "hidden"):
            last = min(_number(each.get("max")), MOST_COLUMNS)
            found.update(range(_number(each.get("min")) - 1, last))
    return found


def _column(reference: str) -> int:
    """27 of "AB12", from 0; -1 where it is no reference."""
    letters = re.match(r"[A-Z]{1,3}(?=\d)", reference)
    if not letters:
        return -1
    place = 0
    for letter in letters.group():
        place = place * 26 + ord(letter) - 64
    return place - 1


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else otherwise
