"""XML of any kind: Formex as the act that it is, other files as their text in document order."""

from html import entities
from typing import BinaryIO

from lxml import etree

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder, clean
from indexer.parsers.formex import is_formex, read_formex
from indexer.parsers.headings import legal_heading
from indexer.parsers.limits import Limits
from indexer.parsers.markers import starts_item
from indexer.parsers.parsed import BlockKind, ParsedDocument
from indexer.parsers.sniffing import XML
from indexer.parsers.tables import joined
from indexer.parsers.xml_source import Element, attribute, name_of, read_xml

_HEADINGS = frozenset({"title", "head", "heading", "headline", "subtitle", "article-title"})
_CAPTIONS = frozenset({"caption", "figdesc"})
_ROWS = frozenset({"row", "tr", "strow"})
_ITEMS = frozenset({"item", "li", "listitem", "list-item"})
_NOTES = frozenset({"footnote", "fn", "note"})
_DEEPEST_HEADING = 6


class XmlParser:
    """Reads XML of which nothing is known; entities stay out, nothing is fetched."""

    media_types: tuple[str, ...] = (XML,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        root = read_xml(self._limits.read(stream))
        if is_formex(root):
            return read_formex(root)
        reader = _Reader()
        reader.read(root)
        return ParsedDocument(
            pages=(reader.page.page(1),),
            has_pages=False,
            title=statements.title(reader.title),
            language=statements.language(attribute(root, "lang")),
        )


class _Reader:
    """An element that has words of its own is a block; one that has none only groups others."""

    def __init__(self) -> None:
        self.page = PageBuilder()
        self.title = ""

    def read(self, element: Element, depth: int = 1) -> None:
        name = name_of(element).lower()
        if not name:
            return
        if name in _ROWS and len(element) > 1:
            self._row(element)
        elif _speaks(element) or name in _HEADINGS:
            self._block(name, element, depth)
        else:
            deeper = any(name_of(each).lower() in _HEADINGS for each in element)
            for each in element:
                self.read(each, depth + deeper)

    def _row(self, row: Element) -> None:
        cells = [clean(_text(cell)) for cell in row if name_of(cell)]
        self.page.add(BlockKind.ROW, joined([cell for cell in cells if cell]))

    def _block(self, name: str, element: Element, depth: int) -> None:
        text = clean(_text(element))
        known = legal_heading(text)
        if name in _HEADINGS or known:
            level = known.level if known else max(1, min(depth - 1, _DEEPEST_HEADING))
            self.title = self.title or text
            self.page.add(BlockKind.HEADING, text, level)
            return
        self.page.add(_kind(name, text), text)


def _kind(name: str, text: str) -> BlockKind:
    if name in _NOTES:
        return BlockKind.FOOTNOTE
    if name in _CAPTIONS:
        return BlockKind.CAPTION
    return BlockKind.ITEM if name in _ITEMS or starts_item(text) else BlockKind.PARAGRAPH


def _speaks(element: Element) -> bool:
    if (element.text or "").strip():
        return True
    return any((each.tail or "").strip() or each.tag is etree.Entity for each in element)


def _text(element: Element) -> str:
    """All words below ``element``; a reference to an entity gives the sign that HTML means by it,
    or nothing: what the file itself declares is never looked at."""
    parts = [element.text or ""]
    for each in element:
        if each.tag is etree.Entity:
            parts.append(entities.html5.get(f"{each.name};", ""))
        elif isinstance(each.tag, str):
            parts.append(_text(each))
        parts.append(each.tail or "")
    return "".join(parts)
