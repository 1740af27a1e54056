"""What the styles of a Word file say about a paragraph."""

import re
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

_HEADING = re.compile(r"^(?:heading|überschrift|titre|título|titolo|kop)\s*(\d)$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|titel)$", re.IGNORECASE)
_LIST = re.compile(r"^list\b|\blist(?:e|a)?\b.*\b(?:bullet|number|paragraph)", re.IGNORECASE)
_DEEPEST_CHAIN = 12
_OFF = ("0", "false", "off")
_FIRST_ROW = 0x20  # in the older way of writing what a table shows of its style


class Styles:
    """Heading levels and list membership, through the chain of styles a style is based on."""

    def __init__(self, document: Document) -> None:
        self._by_id: dict[str, Any] = {}
        try:
            for style in document.styles.element.iter(qn("w:style")):
                self._by_id[style.get(qn("w:styleId")) or ""] = style
        except (KeyError, AttributeError):  # the part is missing: nothing is styled then
            self._by_id = {}

    def heading_level(self, paragraph: Any) -> int:
        """1 to 9, 0 for body text. The paragraph's own outline level wins over its style's."""
        own = _outline_level(paragraph)
        if own is not None:
            return own
        for style in self._chain(paragraph):
            name = _value(style.find(qn("w:name"))) or ""
            match = _HEADING.match(name)
            if match:
                return max(1, int(match.group(1)))
            if _TITLE.match(name):
                return 1
            level = _outline_level(style)
            if level is not None:
                return level
        return 0

    def is_list_item(self, paragraph: Any) -> bool:
        """Numbered or bulleted, by itself or by its style."""
        own = _numbering(paragraph)
        if own is not None:
            return own
        for style in self._chain(paragraph):
            by_style = _numbering(style)
            if by_style is not None:
                return by_style
            if _LIST.search(_value(style.find(qn("w:name"))) or ""):
                return True
        return False

    def is_caption(self, paragraph: Any) -> bool:
        return any(_value(s.find(qn("w:name"))) == "caption" for s in self._chain(paragraph))

    def names_columns(self, table: Any, row: Any, is_first: bool) -> bool:
        """Whether the row is repeated on each page, or is set apart as the first one."""
        repeated = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}")
        if repeated is not None and repeated.get(qn("w:val"), "1") not in _OFF:
            return True
        return is_first and (self._styles_first_row(table) or _is_bold(row))

    def _styles_first_row(self, table: Any) -> bool:
        look = table.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
        if look is None or not _marks_first_row(look):
            return False
        name = _value(table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}"))
        for style in self._chain_of(name):
            for part in style.findall(qn("w:tblStylePr")):
                is_bold = part.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None
                if part.get(qn("w:type")) == "firstRow" and is_bold:
                    return True
        return False

    def _chain(self, paragraph: Any) -> list[Any]:
        """The paragraph's style and those it is based on; broken files may go in circles."""
        return self._chain_of(_value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")))

    def _chain_of(self, name: str | None) -> list[Any]:
        found: list[Any] = []
        while name in self._by_id and len(found) < _DEEPEST_CHAIN:
            found.append(self._by_id[name])
            name = _value(self._by_id[name].find(qn("w:basedOn")))
        return found


def _value(element: Any) -> str | None:
    return None if element is None else element.get(qn("w:val"))


def _outline_level(element: Any) -> int | None:
    value = _value(element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}"))
    if value is None or not value.isdecimal():
        return None
    return int(value) + 1 if int(value) < 9 else 0


def _numbering(element: Any) -> bool | None:
    """Whether it is in a list; the number 0 takes it out of its style's list; None: not said."""
    number = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    return None if number is None else _value(number) != "0"


def _marks_first_row(look: Any) -> bool:
    stated = look.get(qn("w:firstRow"))
    if stated is not None:
        return stated not in _OFF
    try:
        return bool(int(look.get(qn("w:val")) or "0", 16) & _FIRST_ROW)
    except ValueError:
        return False


def _is_bold(row: Any) -> bool:
    """Whether all its words are set bold by hand."""
    said = [run for run in row.iter(qn("w:r")) if "".join(run.itertext(qn("w:t"))).strip()]
    marks = [run.find(f"{qn('w:rPr')}/{qn('w:b')}") for run in said]
    return bool(said) and all(
        mark is not None and mark.get(qn("w:val"), "1") not in _OFF for mark in marks
    )
