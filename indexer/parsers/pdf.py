"""PDF, read with PDFium: text in reading order with the place of every character."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.parsers import statements
from indexer.parsers.canonical import NO_INK, PageBuilder
from indexer.parsers.flow import goes_on
from indexer.parsers.headings import contents_cells, heading_of_point, is_contents_line
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument, UnreadableFile
from indexer.parsers.pdf_blocks import BlockReader, Piece, Typography
from indexer.parsers.pdf_characters import Characters, sheet_of
from indexer.parsers.pdf_furniture import Furniture, PageLines, furniture_of
from indexer.parsers.pdf_hidden import HiddenText
from indexer.parsers.pdf_lines import Line, lines_of
from indexer.parsers.sniffing import PDF

# PDFium is not thread-safe: everything that touches it in this process waits here.
PDFIUM = threading.RLock()


class PdfParser:
    """Reads PDF pages with boxes, printed page numbers, headings and footnotes."""

    media_types: tuple[str, ...] = (PDF,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        content = self._limits.read(stream)
        with PDFIUM:
            document = _open(content)
            try:
                return self._read(document)
            finally:
                document.close()

    def _read(self, document: pypdfium2.PdfDocument) -> ParsedDocument:
        self._limits.check_pages(len(document))
        hidden = HiddenText()
        sheets, unread = self._sheets(document, hidden)
        if not any(sheet.lines for sheet in sheets):
            raise UnreadableFile("no_text", _without_text(document))
        metadata = document.get_metadata_dict()
        # No language: what PDFs state is nearly always that of the program that wrote them.
        return ParsedDocument(
            pages=tuple(_pages(sheets, _stated_labels(document))),
            has_pages=True,
            title=statements.title(metadata.get("Title")),
            date=statements.date(metadata.get("CreationDate")),
            warnings=(*_warnings(document, sheets, unread), *hidden.warnings()),
        )

    def _sheets(
        self, document: pypdfium2.PdfDocument, hidden: HiddenText
    ) -> tuple[list[PageLines], list[int]]:
        """The lines of every page, and the numbers of those that PDFium cannot load."""
        sheets: list[PageLines] = []
        unread: list[int] = []
        characters = 0
        for place in range(len(document)):
            try:
                page = hidden.taken_off(document[place], place + 1)
                sheet = _page_lines(page, self._limits.max_characters - characters)
            except pypdfium2.PdfiumError:
                sheet = PageLines((), 0.0, 0.0)
                unread.append(place + 1)
            characters += sum(len(run.text) for line in sheet.lines for run in line.runs)
            self._limits.check_characters(characters + 1)
            sheets.append(sheet)
        return sheets, unread


def _open(content: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(content)
        if not len(document):
            raise UnreadableFile("damaged", "no pages")
        return document
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise UnreadableFile("encrypted", "the PDF needs a password") from error
        raise UnreadableFile("damaged", "PDFium cannot open it") from error


def _page_lines(page: Any, limit: int) -> PageLines:
    textpage = page.get_textpage()
    try:
        sheet = sheet_of(page)
        runs = Characters(textpage, sheet).runs(limit + 1)
        visible = [run for run in runs if "".join(run.text).strip()]
        return PageLines(lines_of(visible, sheet.width), sheet.width, sheet.height)
    finally:
        textpage.close()
        page.close()


def _pages(sheets: Sequence[PageLines], stated: Sequence[str | None]) -> list[Page]:
    furniture = furniture_of(sheets)
    bodies = [
        [line for line in sheet.lines if id(line) not in dropped]
        for sheet, dropped in zip(sheets, furniture.lines, strict=True)
    ]
    reader = BlockReader(Typography(bodies))
    hyphens = Hyphenation(line.text() for lines in bodies for line in lines)
    pages: list[Page] = []
    unfinished = _Open()
    for place, (sheet, lines) in enumerate(zip(sheets, bodies, strict=True)):
        pieces = reader.pieces(lines, sheet.height)
        builder = PageBuilder()
        unfinished = _write(builder, pieces, hyphens, unfinished)
        label = _label(furniture, stated, place)
        pages.append(builder.page(place + 1, label, sheet.width, sheet.height))
    return pages


def _write(
    builder: PageBuilder, pieces: Sequence[Piece], hyphens: Hyphenation, before: "_Open"
) -> "_Open":
    """Add ``pieces``; the end of the last one, whose sentence may go on overleaf."""
    turns = True
    for piece in pieces:
        text, boxes = piece.content(hyphens)
        if piece.kind is BlockKind.ROW and is_contents_line(text):
            text = " | ".join(contents_cells(text))
            boxes = [NO_INK] * len(text)
        turns = turns or before.jumps_to(piece)
        is_flowing = piece.kind is BlockKind.PARAGRAPH and not piece.lines[0].is_sideways
        flows = is_flowing and turns and before.goes_on_in(piece, text)
        kind, level = heading_of_point(piece.kind, text, piece.level)
        builder.add(kind, text, level, boxes=boxes, continues=flows)
        if piece.kind is not BlockKind.FOOTNOTE:
            before, turns = _Open(text, piece.lines[-1]), False
    return before


@dataclass(frozen=True, slots=True)
class _Open:
    """The last block read, whose sentence may go on in the next column or on the next page."""

    text: str = ""
    line: Line | None = None

    def jumps_to(self, piece: Piece) -> bool:
        """Whether ``piece`` stands higher up: a new column."""
        return self.line is not None and piece.lines[0].bottom < self.line.top

    def goes_on_in(self, piece: Piece, text: str) -> bool:
        if self.line is None or not goes_on(self.text, text):
            return False
        # Overleaf, the left cell of a table does not continue the right one.
        first = piece.lines[0]
        overlap = min(first.right, self.line.right) - max(first.left, self.line.left)
        return overlap > 0 or self.jumps_to(piece)


def _label(furniture: Furniture, stated: Sequence[str | None], place: int) -> str | None:
    if any(furniture.labels):
        return furniture.labels[place]
    return stated[place]


def _stated_labels(document: pypdfium2.PdfDocument) -> list[str | None]:
    """The page labels of the file, where it has any."""
    labels = [document.get_page_label(place).strip() or None for place in range(len(document))]
    return [label if label and len(label) <= 20 else None for label in labels]


def _pictures(document: pypdfium2.PdfDocument, place: int) -> bool:
    try:
        page = document[place]
        found = next(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2), None)
        return found is not None
    except pypdfium2.PdfiumError:
        return False


def _without_text(document: pypdfium2.PdfDocument) -> str:
    count = sum(_pictures(document, place) for place in range(min(len(document), 50)))
    return f"scan: {count} pages are pictures without text" if count else "no text on any page"


def _warnings(
    document: pypdfium2.PdfDocument, sheets: Sequence[PageLines], unread: Sequence[int]
) -> list[str]:
    silent = [
        place + 1
        for place, sheet in enumerate(sheets)
        if not sheet.lines and place + 1 not in unread and _pictures(document, place)
    ]
    warnings = []
    if silent:
        warnings.append(f"pictures without text on pages {_listed(silent)}")
    if unread:
        warnings.append(f"unreadable pages {_listed(unread)}")
    return warnings


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    return shown if len(numbers) <= 20 else f"{shown} and {len(numbers) - 20} more"
