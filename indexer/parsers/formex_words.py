"""The words of a Formex element, with quotation marks in their place and notes taken out.

Files are often laid out anew with each element on a line of its own; such a line break beside an
element is no space, unless letters stand on both sides of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.parsers.parsed import NoteSign
from indexer.parsers.xml_source import Element, name_of

_LAYOUT_BEFORE = re.compile(r"[ \t]*\r?\n\s*$")
_LAYOUT_AFTER = re.compile(r"^\r?\n[\t]*")
_SOFT, _NOTE, _OPENS = "\ue000", "\ue001", "\ue002"
# Elements that are blocks of their own.
BLOCKS = frozenset({
    "P", "ALINEA", "LIST", "NP", "ITEM", "PARAG", "ARTICLE", "DIVISION", "TBL", "GR.TBL", "GR.SEQ",
    "TITLE", "TXT", "NO.P", "NO.PARAG", "CONSID", "VISA", "CONTENTS", "QUOT.S", "DLIST",
    "GR.ANNOTATION",
})  # fmt: skip


@dataclass(slots=True)
class Words:
    """``notes`` are (place in the text, note element); ``signs`` what they were numbered as."""

    text: str = ""
    notes: list[tuple[int, Element]] = field(default_factory=list)
    signs: list[NoteSign] = field(default_factory=list)

    def append(self, other: "Words", between: str = " ") -> None:
        lead = between if self.text and other.text else ""
        start = len(self.text) + len(lead)
        self.text += lead + other.text
        self.notes += [(start + place, note) for place, note in other.notes]

    def precede(self, text: str) -> None:
        self.text = text + self.text
        self.notes = [(place + len(text), note) for place, note in self.notes]

    def refer(self, place: int, sign: str) -> None:
        self.signs.append(NoteSign(place, sign))


def words_of(element: Element, own: bool = False) -> Words:
    """``own``: only what stands outside the blocks in it."""
    notes: list[Element] = []
    raw = "".join(_pieces(element, notes, own))
    return _placed(_joined(raw), notes)


def _pieces(element: Element, notes: list[Element], own: bool) -> Iterator[str]:
    has_children = len(element) > 0
    yield _softened(element.text, after=False, before=has_children)
    for place, each in enumerate(element):
        yield from _piece(each, notes, own)
        yield _softened(each.tail, after=True, before=place + 1 < len(element))


def _piece(element: Element, notes: list[Element], own: bool) -> Iterator[str]:
    name = name_of(element)
    if name == "NOTE":
        notes.append(element)
        yield _NOTE
    elif name in ("QUOT.START", "QUOT.END"):
        yield (_OPENS if name == "QUOT.START" else "") + _mark(element)
    elif name in BLOCKS:
        yield " "
        yield from () if own else _pieces(element, notes, own)
        yield " "
    elif name:
        yield from _pieces(element, notes, own)


def _mark(element: Element) -> str:
    try:
        return chr(int(element.get("CODE", ""), 16))
    except (ValueError, OverflowError):
        return '"'


def _softened(text: str | None, after: bool, before: bool) -> str:
    """Line breaks of the layout, where an element ends before or begins behind the text."""
    text = text or ""
    if (after or before) and "\n" in text and text.isspace():
        return _SOFT
    if after:
        text = _LAYOUT_AFTER.sub(_SOFT, text)
    if before and (found := _LAYOUT_BEFORE.search(text)):
        kept = " " if found.group().startswith((" ", "\t")) else ""
        text = text[: found.start()] + kept + _SOFT
    return text


def _joined(raw: str) -> str:
    text = re.sub(r"\s+", " ", raw)
    text = re.sub(rf"(?<=\w)[{_SOFT}]+(?=[\w{_OPENS}])", " ", text)
    text = text.replace(_SOFT, "").replace(_OPENS, "")
    text = re.sub(rf"\s*({_NOTE}+)\s*(?=[,.;:)\]\u201c\u201d\u00bb])", r"\1", text)
    text = re.sub(rf"\s+({_NOTE}+)\s*", r"\1 ", text)
    return re.sub(r"\s+", " ", text).strip()


def _placed(text: str, notes: list[Element]) -> Words:
    words = Words()
    for place, part in enumerate(text.split(_NOTE)):
        words.text += part
        if place < len(notes):
            words.notes.append((len(words.text), notes[place]))
    return words
