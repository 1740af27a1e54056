"""Word files: paragraphs and tables in document order, footnotes last."""

from collections.abc import Sequence
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.oxml.ns import qn

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.containers import check_container
from indexer.parsers.docx_hidden import LEFT_OUT, remove_hidden
from indexer.parsers.docx_styles import Styles
from indexer.parsers.docx_words import Notes, words_of
from indexer.parsers.headings import legal_heading
from indexer.parsers.limits import Limits
from indexer.parsers.markers import starts_item
from indexer.parsers.parsed import BlockKind, ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import DOCX
from indexer.parsers.words import Words

_LONGEST_ROW = 1500
_WRAPPERS = frozenset(qn(name) for name in (
    "w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo"))  # fmt: skip


class DocxParser:
    """Reads DOCX; deleted text, headers and footers stay out, inserted text is in."""

    media_types: tuple[str, ...] = (DOCX,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        size = len(self._limits.read(stream))
        stream.seek(0)
        check_container(stream, size, self._limits)
        document = _open(stream)
        has_hidden = remove_hidden(document)
        reader = _Reader(document)
        reader.read()
        page = reader.page.page(1)
        if not page.text:
            raise UnreadableFile("no_text", "the Word file holds no text")
        title, language, date = _stated(document)
        return ParsedDocument(
            pages=(page,),
            has_pages=False,
            title=title,
            language=language,
            date=date,
            warnings=(LEFT_OUT,) if has_hidden else (),
        )


def _open(stream: BinaryIO) -> Document:
    try:
        return docx.Document(stream)
    except Exception as error:  # python-docx lets through whatever its parts raise
        raise UnreadableFile("damaged", f"not a Word file ({type(error).__name__})") from error


def _stated(document: Document) -> tuple[str | None, str | None, str | None]:
    """(title, language, date) from the core properties."""
    try:
        core = document.core_properties
        moment = core.modified or core.created
        date = statements.date(moment.date().isoformat() if moment else None)
        return statements.title(core.title), statements.language(core.language), date
    except (KeyError, ValueError, AttributeError):
        return None, None, None


class _Reader:
    def __init__(self, document: Document) -> None:
        self.page = PageBuilder()
        self._document = document
        self._styles = Styles(document)
        self._notes = Notes(document)

    def read(self) -> None:
        self._walk(self._document.element.body)
        for sign, text in self._notes.referred():
            self.page.add(BlockKind.FOOTNOTE, f"{sign} {text}", sign=sign)

    def _walk(self, element: Any) -> None:
        for child in element:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag in _WRAPPERS:
                self._walk(child)

    def _paragraph(self, paragraph: Any) -> None:
        words = self._notes.words_of(paragraph)
        text = words.text.strip()
        level = self._styles.heading_level(paragraph)
        known = legal_heading(text) if not level else None
        if level or known:
            self._add(BlockKind.HEADING, words, level or (known.level if known else 1))
        elif self._styles.is_caption(paragraph):
            self._add(BlockKind.CAPTION, words)
        else:
            is_point = self._styles.is_list_item(paragraph) or starts_item(text)
            self._add(BlockKind.ITEM if is_point else BlockKind.PARAGRAPH, words)

    def _add(self, kind: BlockKind, words: Words, level: int = 0) -> None:
        self.page.add(kind, words.text, level, notes=words.signs)

    def _table(self, table: Any) -> None:
        rows = [row for row in table.iter(qn("w:tr")) if _nearest(row, qn("w:tbl")) is table]
        for place, row in enumerate(rows):
            cells = [cell for cell in row.iter(qn("w:tc")) if _nearest(cell, qn("w:tr")) is row]
            filled = [cell for cell in cells if words_of(cell).strip()]
            is_first = place == 0 and len(rows) > 1
            names = self._styles.names_columns(table, row, is_first)
            self._row(filled, BlockKind.HEADER if names else BlockKind.ROW)

    def _row(self, cells: Sequence[Any], kind: BlockKind) -> None:
        """One block, unless the row only sets the layout: a single cell, or pages of text."""
        length = sum(len(words_of(cell)) for cell in cells)
        if len(cells) < 2 or length > _LONGEST_ROW:
            for cell in cells:
                self._walk(cell)
            return
        whole = Words()
        for cell in cells:
            whole.append(self._notes.words_of(cell))
        self._add(kind, whole)


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)
