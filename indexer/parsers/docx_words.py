"""The words of a Word paragraph as they are shown, and the notes that they refer to."""

from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from indexer.parsers.docx_hidden import remove_hidden_runs
from indexer.parsers.parsed import NoteSign
from indexer.parsers.words import Words
from indexer.parsers.xml_source import read_xml

_SKIPPED = frozenset(qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:rPr")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_SPACES = frozenset(qn(name) for name in ("w:tab", "w:br", "w:cr", "w:ptab"))
_REFERENCES = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
_OFF = ("0", "false", "off")
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"),
          (1, "i"))  # fmt: skip


class Notes:
    """The footnotes and endnotes of a document, numbered as Word does: in the order in which the
    text refers to them, endnotes in Roman figures."""

    def __init__(self, document: Document) -> None:
        self._texts = {kind: _texts(document, kind) for kind in ("footnotes", "endnotes")}
        self._signs: dict[tuple[str, str], str] = {}

    def words_of(self, element: Any) -> Words:
        """The words below ``element``; the references in them are counted from here on."""
        words = Words()
        for piece in _pieces(element):
            if isinstance(piece, str):
                words.text += piece
            elif sign := self._sign(_REFERENCES[piece.tag], piece.get(qn("w:id")) or ""):
                words.signs.append(NoteSign(len(words.text), sign))
        return words

    def referred(self) -> list[tuple[str, str]]:
        """(sign, text) of the notes that have been referred to, footnotes first."""
        return [
            (sign, self._texts[kind][number])
            for wanted in ("footnotes", "endnotes")
            for (kind, number), sign in self._signs.items()
            if kind == wanted
        ]

    def _sign(self, kind: str, number: str) -> str:
        if number not in self._texts[kind]:
            return ""
        if (kind, number) not in self._signs:
            count = 1 + sum(known == kind for known, _number in self._signs)
            self._signs[kind, number] = str(count) if kind == "footnotes" else _roman(count)
        return self._signs[kind, number]


def words_of(element: Any) -> str:
    """The text below ``element`` as it is shown: no deletions, no field codes, no fallbacks."""
    return "".join(piece for piece in _pieces(element) if isinstance(piece, str))


def _pieces(element: Any) -> Iterator[Any]:
    """Words, and the elements that refer to notes."""
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _SPACES:
            yield " "
        elif child.tag == qn("w:noBreakHyphen"):
            yield "\u2011"
        elif child.tag in _REFERENCES:
            yield child
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED and not _is_hidden(child):
            yield from _pieces(child)
            yield " " if child.tag in (qn("w:p"), qn("w:tc")) else ""


def _is_hidden(element: Any) -> bool:
    """Whether a run is one that Word does not show."""
    if element.tag != qn("w:r"):
        return False
    mark = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val"), "1") not in _OFF


def _texts(document: Document, kind: str) -> dict[str, str]:
    """The notes of one kind by their id, those without words left out."""
    found: dict[str, str] = {}
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(f"/{kind}"):
            continue
        for note in _notes(relation.target_part.blob):
            if note.get(qn("w:type")) is None and (text := words_of(note).strip()):
                found[note.get(qn("w:id")) or ""] = text
    return found


def _notes(content: bytes) -> "list[etree._Element]":
    root = read_xml(content)
    remove_hidden_runs(root)
    return [child for child in root if isinstance(child.tag, str)]


def _roman(number: int) -> str:
    shown = ""
    for value, letters in _ROMAN:
        while number >= value:
            number, shown = number - value, shown + letters
    return shown
