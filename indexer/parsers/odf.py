"""OpenDocument: texts, presentations (a slide is a page) and spreadsheets."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.headings import legal_heading
from indexer.parsers.limits import Limits
from indexer.parsers.markers import starts_item
from indexer.parsers.odf_text import OdfStyles, frames_in, words_of, words_within
from indexer.parsers.office import stated_facts
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import ODP, ODS, ODT
from indexer.parsers.tables import MOST_COLUMNS, TableWriter, check_columns
from indexer.parsers.words import Words
from indexer.parsers.xml_source import Element, Package, attribute, child, children, name_of

_LONGEST_ROW = 1500
# What only groups others: their content is read as if they were not there.
_GROUPS = frozenset({
    "text", "section", "list", "list-item", "list-header", "index-body", "index-title",
    "table-of-content", "illustration-index", "table-index", "alphabetical-index", "bibliography",
    "user-index", "object-index", "text-box", "frame", "g", "custom-shape", "numbered-paragraph",
    "rect", "ellipse", "circle", "connector", "caption", "a", "page", "shape",
})  # fmt: skip
_ROW_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group"})


class OdfParser:
    """Reads ODT, ODP and ODS; comments, deleted and hidden text, headers and footers stay out."""

    media_types: tuple[str, ...] = (ODT, ODP, ODS)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        package = Package(stream, self._limits)
        if b"encryption-data" in (package.content("META-INF/manifest.xml") or b""):
            raise UnreadableFile("encrypted", "an OpenDocument file with a password")
        content = package.root("content.xml")
        body = child(content, "body")
        if content is None or body is None:
            raise UnreadableFile("damaged", "content.xml is missing")
        styles = OdfStyles([content, package.root("styles.xml")])
        slides = child(body, "presentation")
        pages = (
            self._slides(children(slides, "page"), styles)
            if slides is not None
            else [self._text(body, styles)]
        )
        title, language, date = stated_facts(package, "meta.xml")
        return ParsedDocument(
            tuple(pages), slides is not None, title=title, language=language, date=date
        )

    def _text(self, body: Element, styles: OdfStyles) -> Page:
        page = PageBuilder()
        sheets = child(body, "spreadsheet")
        if sheets is not None:
            self._sheets(page, children(sheets, "table"), styles)
            return page.page(1)
        reader = OdfReader(page, styles)
        reader.read(body)
        reader.write_notes()
        return page.page(1)

    def _slides(self, slides: Sequence[Element], styles: OdfStyles) -> Iterator[Page]:
        self._limits.check_pages(len(slides))
        for number, slide in enumerate(slides, start=1):
            page = PageBuilder()
            properties = styles.properties(
                attribute(slide, "style-name"), "drawing-page-properties"
            )
            if properties is None or attribute(properties, "visibility") != "hidden":
                OdfReader(page, styles).slide(slide)
            yield page.page(number)

    def _sheets(self, page: PageBuilder, sheets: Sequence[Element], styles: OdfStyles) -> None:
        shown = [sheet for sheet in sheets if not _is_hidden_sheet(sheet, styles)]
        writer = TableWriter(page, self._limits)
        for sheet in shown:
            rows = sheet_rows(sheet, styles, self._limits.max_rows + 1)
            writer.sheet(attribute(sheet, "name"), rows, is_alone=len(shown) == 1)


class OdfReader:
    """Writes the content of an element into a page, in document order."""

    def __init__(self, page: PageBuilder, styles: OdfStyles) -> None:
        self._page = page
        self._styles = styles
        self._notes: list[Element] = []

    def read(self, element: Element, in_list: bool = False) -> None:
        for each in element:
            name = name_of(each)
            if name in ("p", "h"):
                self._paragraph(each, in_list)
                in_list = in_list and name_of(element) != "list-item"  # the rest of the point
            elif name == "table":
                self._table(each)
            elif name in _GROUPS and not _is_hidden_section(each):
                self.read(each, in_list or name == "list-item")

    def slide(self, slide: Element) -> None:
        """Its title as heading, its other frames, and apart from them the speaker's notes."""
        frames = [each for each in slide if name_of(each) != "notes"]
        titles = [each for each in frames if attribute(each, "class") == "title"]
        for frame in titles:
            self._add(BlockKind.HEADING, words_within(frame, self._styles), 1)
        for frame in frames:
            if frame not in titles and name_of(frame) in _GROUPS:
                self.read(frame)
        for notes in children(slide, "notes"):
            for text_box in notes.iter("{*}text-box"):
                for paragraph in text_box.iter("{*}p"):
                    self._page.add(BlockKind.FOOTNOTE, words_of(paragraph, self._styles).text)

    def write_notes(self) -> None:
        """The footnotes and endnotes of what has been read, each with its sign."""
        notes, self._notes = self._notes, []
        for note in notes:
            citation, body = child(note, "note-citation"), child(note, "note-body")
            sign = "".join(citation.itertext()).strip() if citation is not None else ""
            text = words_within(body, self._styles).text if body is not None else ""
            if text.strip():
                self._page.add(BlockKind.FOOTNOTE, f"{sign} {text}", sign=sign)

    def _paragraph(self, paragraph: Element, in_list: bool) -> None:
        if self._styles.is_hidden(paragraph):
            return
        words = words_of(paragraph, self._styles)
        text = words.text.strip()
        level = self._styles.heading_level(paragraph)
        known = legal_heading(text) if not level and not in_list else None
        if level or known:
            self._add(BlockKind.HEADING, words, level or (known.level if known else 1))
        elif in_list or starts_item(text):
            self._add(BlockKind.ITEM, words)
        elif self._styles.is_caption(paragraph):
            self._add(BlockKind.CAPTION, words)
        else:
            self._add(BlockKind.PARAGRAPH, words)
        for frame in frames_in(paragraph):
            self.read(frame)

    def _add(self, kind: BlockKind, words: Words, level: int = 0) -> None:
        self._page.add(kind, words.text, level, notes=words.signs)
        self._notes += words.notes

    def _table(self, table: Element) -> None:
        rows = list(table_rows(table))
        cells = [[c for c in cells_of(row) if self._says(c)] for row, _is_header in rows]
        for place, ((_row, is_header), filled) in enumerate(zip(rows, cells, strict=True)):
            names = is_header or (place == 0 and len(rows) > 1 and all(map(self._is_bold, filled)))
            self._row(filled, BlockKind.HEADER if names else BlockKind.ROW)

    def _row(self, cells: Sequence[Element], kind: BlockKind) -> None:
        """One block, unless the row only sets the layout: a single cell, or pages of text."""
        row = Words()
        for cell in cells:
            row.append(words_within(cell, self._styles))
        if len(cells) > 1 and len(row.text) <= _LONGEST_ROW:
            self._add(kind, row)
            return
        for cell in cells:
            self.read(cell)

    def _says(self, cell: Element) -> bool:
        return bool(words_within(cell, self._styles).text)

    def _is_bold(self, cell: Element) -> bool:
        """Whether all its words are set bold."""
        for paragraph in cell.iter("{*}p", "{*}h"):
            if (
                self._styles.is_bold(paragraph)
                or not words_of(paragraph, self._styles).text.strip()
            ):
                continue
            spans = children(paragraph, "span")
            outside = [paragraph.text, *(span.tail for span in paragraph)]
            if any((text or "").strip() for text in outside) or not spans:
                return False
            if not all(self._styles.is_bold(span) for span in spans):
                return False
        return True


def table_rows(table: Element, is_header: bool = False) -> Iterator[tuple[Element, bool]]:
    """(row, whether it is marked as naming the columns), in order."""
    for each in table:
        if name_of(each) == "table-row":
            yield each, is_header
        elif name_of(each) in _ROW_GROUPS:
            yield from table_rows(each, is_header or name_of(each) == "table-header-rows")


def cells_of(row: Element) -> list[Element]:
    return children(row, "table-cell")


def sheet_rows(sheet: Element, styles: OdfStyles, limit: int) -> Iterator[list[str]]:
    """The visible rows of a sheet as they are shown; a repeated one at most ``limit`` times."""
    for row, _is_header in table_rows(sheet):
        if attribute(row, "visibility") in ("collapse", "filter"):
            continue
        cells = _sheet_cells(row, styles)
        yield from [cells] * (min(_repeats(row, "number-rows-repeated"), limit) if cells else 1)


def _sheet_cells(row: Element, styles: OdfStyles) -> list[str]:
    cells: list[str] = []
    for cell in children(row, "table-cell", "covered-table-cell"):
        text = "\n".join(words_of(p, styles).text for p in children(cell, "p", "h"))
        count = _repeats(cell, "number-columns-repeated")
        if text.strip():
            check_columns(len(cells) + count)
        cells += [text] * min(count, MOST_COLUMNS)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _repeats(element: Element, name: str) -> int:
    count = attribute(element, name)
    return max(1, int(count)) if count.isascii() and count.isdecimal() and len(count) < 9 else 1


def _is_hidden_sheet(sheet: Element, styles: OdfStyles) -> bool:
    properties = styles.properties(attribute(sheet, "style-name"), "table-properties")
    return properties is not None and attribute(properties, "display") == "false"


def _is_hidden_section(element: Element) -> bool:
    return name_of(element) == "section" and attribute(element, "display") == "none"
