"""PDF, read with PDFium: text in reading order with the place of every character."""

import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.headings import contents_spans, heading_of_point, is_contents_line
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.limits import Limits
from indexer.parsers.ocr import listed, recognise
from indexer.parsers.openings import stated_date, stated_status
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument, UnreadableFile
from indexer.parsers.pdf_blocks import BlockReader, Typography
from indexer.parsers.pdf_characters import Characters, sheet_of
from indexer.parsers.pdf_flow import Flow, Told
from indexer.parsers.pdf_furniture import Furniture, PageLines, furniture_of
from indexer.parsers.pdf_hidden import HiddenText
from indexer.parsers.pdf_lines import CELL_BREAK, Words, lines_of
from indexer.parsers.pdf_pieces import Piece, set_together, tell_signs_apart
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
        read, unread = self._sheets(document, hidden)
        recognition = recognise(document, read, self._limits)
        sheets = recognition.sheets
        if not any(sheet.lines for sheet in sheets):
            raise UnreadableFile("no_text", recognition.why_silent())
        metadata = document.get_metadata_dict()
        # No language: what PDFs state is nearly always that of the program that wrote them.
        pages = _pages(sheets, _stated_labels(document))
        return ParsedDocument(
            pages=tuple(recognition.marked(pages)),
            has_pages=True,
            title=statements.title(metadata.get("Title")),
            date=stated_date(pages[0]) or statements.date(metadata.get("CreationDate")),
            status=stated_status(pages[0]),
            warnings=(*recognition.warnings(), *_warnings(unread), *hidden.warnings()),
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
        visible = [run for run in runs if run.text.strip()]
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
    hyphens = Hyphenation(line.text for lines in bodies for line in lines)
    flow = Flow(hyphens)
    pieces = [
        reader.pieces(lines, sheet.height) for sheet, lines in zip(sheets, bodies, strict=True)
    ]
    tell_signs_apart(pieces)
    told = [flow.page([_told(piece, hyphens) for piece in page]) for page in pieces]
    return [
        _page(place, sheet, blocks, _label(furniture, stated, place))
        for place, (sheet, blocks) in enumerate(zip(sheets, told, strict=True))
    ]


def _told(piece: Piece, hyphens: Hyphenation) -> Told:
    words = piece.words(hyphens)
    if piece.kind is BlockKind.ROW and is_contents_line(words.text):
        words = _without_dots(words)
    kind, level = heading_of_point(piece.kind, words.text, piece.level)
    first, last = piece.lines[0], piece.lines[-1]
    return Told(kind, level, words.text, words.boxes, first, last, list(words.notes), piece.sign)


def _page(place: int, sheet: PageLines, blocks: Sequence[Told], label: str | None) -> Page:
    builder = PageBuilder()
    for block in blocks:
        builder.add(
            block.kind,
            block.text,
            block.level,
            boxes=block.boxes,
            continues=block.continues,
            sign=block.sign,
            notes=block.notes,
        )
    return builder.page(place + 1, label, sheet.width, sheet.height)


def _without_dots(words: Words) -> Words:
    """A line of contents as the row of a table: title and page number."""
    cells = [
        Words(words.text[start:end], words.boxes[start:end])
        for start, end in contents_spans(words.text)
    ]
    return set_together(cells, [(0, CELL_BREAK)] * (len(cells) - 1))


def _label(furniture: Furniture, stated: Sequence[str | None], place: int) -> str | None:
    if any(furniture.labels):
        return furniture.labels[place]
    return stated[place]


def _stated_labels(document: pypdfium2.PdfDocument) -> list[str | None]:
    """The page labels of the file, where it has any."""
    labels = [document.get_page_label(place).strip() or None for place in range(len(document))]
    return [label if label and len(label) <= 20 else None for label in labels]


def _warnings(unread: Sequence[int]) -> list[str]:
    return [f"unreadable pages {listed(unread)}"] if unread else []
