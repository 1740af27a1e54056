"""What the styles of a Word file say about a paragraph."""

import re
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

_HEADING = re.compile(r"^(?:heading|überschrift|titre|título|titolo|kop)\s*(\d)$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|titel)$", re.IGNORECASE)
_LIST = re.compile(r"^list\b|\blist(?:e|a)?\b.*\b(?:bullet|number|paragraph)", re.IGNORECASE)
_DEEPEST_CHAIN = 12


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

    def _chain(self, paragraph: Any) -> list[Any]:
        """The paragraph's style and those it is based on; broken files may go in circles."""
        found: list[Any] = []
        name = _value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
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
