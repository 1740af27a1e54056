"""Formex 4, the XML of the Official Journal: acts with their recitals, articles and notes."""

from collections.abc import Iterable

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.formex_words import BLOCKS, Words, words_of
from indexer.parsers.headings import heading_of_point, legal_heading
from indexer.parsers.parsed import BlockKind, ParsedDocument
from indexer.parsers.tables import CELL_BREAK
from indexer.parsers.xml_source import Element, attribute, child, children, name_of

# Facts about the document, and what is printed beside its text.
_SKIPPED = frozenset({
    "BIB.INSTANCE", "BIB.DATA", "BIB.DOC", "BIB.OJ", "PAGE.HEADER", "PROLOG", "TOC", "INCL.ELEMENT",
    "FAM.COMP", "CURR.TITLE",
})  # fmt: skip
_DASHES = {"DASH": "\u2014", "BULLET": "\u2022", "NDASH": "\u2013"}
_ARTICLE_LEVEL = 4


def is_formex(root: Element) -> bool:
    schema = attribute(root, "noNamespaceSchemaLocation")
    return "formex" in schema.lower() or (
        name_of(root).isupper() and child(root, "BIB.INSTANCE") is not None
    )


def read_formex(root: Element) -> ParsedDocument:
    reader = _Reader()
    reader.read(root)
    reader.write_notes()
    title = child(root, "TITLE", "TI")
    stated = words_of(title).text if title is not None else None
    facts = child(root, "BIB.INSTANCE")
    language = child(facts, "LG.DOC")
    date = child(facts, "DATE")
    return ParsedDocument(
        pages=(reader.page.page(1),),
        has_pages=False,
        title=statements.title(stated),
        language=statements.language(language.text if language is not None else None),
        date=statements.date(date.get("ISO") if date is not None else None),
    )


class _Reader:
    """Walks an act. A number waits for the words that it stands before."""

    def __init__(self) -> None:
        self.page = PageBuilder()
        self._number = ""
        self._notes: list[tuple[str, Element]] = []
        self._counted = 0
        self._depth = 0

    def read(self, element: Element) -> None:
        for each in element:
            self._enter(each)

    def write_notes(self) -> None:
        """The notes since the last heading, where that section ends."""
        notes, self._notes = self._notes, []
        for sign, note in notes:
            text = words_of(note).text
            self.page.add(BlockKind.FOOTNOTE, f"({sign}) {text}", sign=sign)

    def _enter(self, element: Element) -> None:
        name = name_of(element)
        if not name or name in _SKIPPED:
            return
        if name == "TITLE":
            self._heading(map(words_of, children(element, "TI", "STI")))
        elif name == "ARTICLE":
            parts = children(element, "TI.ART", "STI.ART")
            self._heading(map(words_of, parts), _ARTICLE_LEVEL)
            self.read(element)
        elif name in ("DIVISION", "GR.SEQ", "ANNEX", "SUBDIV"):
            self._depth += 1
            self.read(element)
            self._depth -= 1
        elif name in ("NO.PARAG", "NO.P"):
            self._number = words_of(element).text.strip()
        elif name in ("TI.ART", "STI.ART"):
            return
        elif name == "LIST":
            self._list(element)
        elif name == "TBL":
            self._table(element)
        elif _holds_blocks(element):
            if name in BLOCKS:
                self._say(words_of(element, own=True))
            self.read(element)
        else:
            self._say(words_of(element))

    def _heading(self, parts: Iterable[Words], level: int = 0) -> None:
        self.write_notes()
        self._number = ""
        whole = Words()
        for part in parts:
            whole.append(part)
        known = legal_heading(whole.text)
        by_place = known.level if known else min(1 + self._depth, _ARTICLE_LEVEL - 1)
        self._add(BlockKind.HEADING, whole, level or by_place)

    def _say(self, words: Words) -> None:
        if not words.text.strip():
            return
        text = words.text.strip()
        known = legal_heading(text) if not self._number else None
        if known and not words.notes:
            self.write_notes()
            self._add(BlockKind.HEADING, words, known.level)
            return
        if self._number:
            words.precede(f"{self._number} ")
        kind = BlockKind.ITEM if self._number else BlockKind.PARAGRAPH
        self._number = ""
        kind, level = heading_of_point(kind, words.text, 0)
        self._add(kind, words, level)

    def _add(self, kind: BlockKind, words: Words, level: int = 0) -> None:
        for place, note in words.notes:
            self._counted += 1
            words.refer(place, str(self._counted))
            self._notes.append((str(self._counted), note))
        self.page.add(kind, words.text, level, notes=words.signs)

    def _list(self, element: Element) -> None:
        dash = _DASHES.get(element.get("TYPE", ""), "")
        for item in element:
            if name_of(item) == "ITEM" and dash and item.find(".//NO.P") is None:
                self._number = dash
            self._enter(item)

    def _table(self, table: Element) -> None:
        title = child(table, "TITLE")
        if title is not None:
            self._add(BlockKind.CAPTION, words_of(title))
        corpus = child(table, "CORPUS")
        for row in corpus.iter("ROW") if corpus is not None else ():
            whole = Words()
            for cell in children(row, "CELL"):
                whole.append(words_of(cell), CELL_BREAK)
            is_header = row.get("TYPE") == "HEADER"
            self._add(BlockKind.HEADER if is_header else BlockKind.ROW, whole)


def _holds_blocks(element: Element) -> bool:
    """Whether it is cut into blocks itself; those of a note in it do not count."""
    return any(
        name_of(each) != "NOTE" and (name_of(each) in BLOCKS or _holds_blocks(each))
        for each in element
    )
