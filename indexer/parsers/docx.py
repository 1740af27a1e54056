"""Word files: paragraphs and tables in document order, footnotes last."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.containers import check_container
from indexer.parsers.docx_hidden import LEFT_OUT, remove_hidden, remove_hidden_runs
from indexer.parsers.docx_styles import Styles
from indexer.parsers.headings import legal_heading
from indexer.parsers.limits import Limits
from indexer.parsers.markers import starts_item
from indexer.parsers.parsed import BlockKind, ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import DOCX

CELL_BREAK = " | "
_LONGEST_ROW = 1500
_WRAPPERS = frozenset(qn(name) for name in (
    "w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo"))  # fmt: skip
_SKIPPED = frozenset(qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:rPr")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_SPACES = frozenset(qn(name) for name in ("w:tab", "w:br", "w:cr", "w:ptab"))


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

    def read(self) -> None:
        self._walk(self._document.element.body)
        for text in _footnotes(self._document):
            self.page.add(BlockKind.FOOTNOTE, text)

    def _walk(self, element: Any) -> None:
        for child in element:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag in _WRAPPERS:
                self._walk(child)

    def _paragraph(self, paragraph: Any) -> None:
        text = words_of(paragraph).strip()
        level = self._styles.heading_level(paragraph)
        known = legal_heading(text) if not level else None
        if level or known:
            self.page.add(BlockKind.HEADING, text, level or (known.level if known else 1))
            return
        is_point = self._styles.is_list_item(paragraph) or starts_item(text)
        self.page.add(BlockKind.ITEM if is_point else BlockKind.PARAGRAPH, text)

    def _table(self, table: Any) -> None:
        for row in table.iter(qn("w:tr")):
            if _nearest(row, qn("w:tbl")) is not table:
                continue
            cells = [cell for cell in row.iter(qn("w:tc")) if _nearest(cell, qn("w:tr")) is row]
            self._row([cell for cell in cells if words_of(cell).strip()])

    def _row(self, cells: Sequence[Any]) -> None:
        """One block, unless the row only sets the layout: a single cell, or pages of text."""
        text = CELL_BREAK.join(words_of(cell).strip() for cell in cells)
        if len(cells) > 1 and len(text) <= _LONGEST_ROW:
            self.page.add(BlockKind.ROW, text)
            return
        for cell in cells:
            self._walk(cell)


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def words_of(element: Any) -> str:
    """The text below ``element`` as it is shown: no deletions, no field codes, no fallbacks."""
    return "".join(_words(element))


def _words(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _SPACES:
            yield " "
        elif child.tag == qn("w:noBreakHyphen"):
            yield "\u2011"
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _words(child)
            yield " " if child.tag in (qn("w:p"), qn("w:tc")) else ""


def _footnotes(document: Document) -> list[str]:
    """The notes of the document in their order, numbered as Word shows them."""
    parts = [
        relation.target_part
        for relation in document.part.rels.values()
        if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external
    ]
    notes: list[str] = []
    for part in parts:
        root = parse_xml(part.blob)
        remove_hidden_runs(root)
        shown = (note for note in root if note.get(qn("w:type")) is None)
        notes += [text for note in shown if (text := words_of(note).strip())]
    return [f"{number} {text}" for number, text in enumerate(notes, start=1)]
