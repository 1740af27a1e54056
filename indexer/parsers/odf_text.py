"""The words of OpenDocument paragraphs, and what its styles say about them."""

import re
from collections.abc import Iterable, Iterator

from indexer.parsers.parsed import NoteSign
from indexer.parsers.words import Words
from indexer.parsers.xml_source import Element, attribute, child, name_of

# Beside the text: comments, what was deleted, fields that show nothing, notes (read apart).
_SKIPPED = frozenset({
    "annotation", "annotation-end", "tracked-changes", "note", "ruby-text", "hidden-text",
    "hidden-paragraph", "forms", "sequence-decls", "title", "desc", "event-listeners", "script",
    "dde-connection-decls", "variable-decls", "user-field-decls", "frame", "custom-shape",
    "meta-field-decls", "bibliography-configuration", "soft-page-break",
})  # fmt: skip
_MOST_SPACES = 100
_CAPTION = re.compile(r"^(caption|table|illustration|figure|drawing|beschriftung)$", re.IGNORECASE)
_HEADING = re.compile(r"^heading(?:_20_| )(\d{1,2})$", re.IGNORECASE)
_DEEPEST_CHAIN = 12


class OdfStyles:
    """What a style is based on, and whether it hides its text."""

    def __init__(self, roots: Iterable[Element | None]) -> None:
        self._styles: dict[str, Element] = {}
        for root in roots:
            for style in root.iter("{*}style") if root is not None else ():
                self._styles.setdefault(attribute(style, "name"), style)

    def names(self, name: str) -> list[str]:
        """The names of the style and of those that it is based on, its own first."""
        found: list[str] = []
        while name and name not in found and len(found) < _DEEPEST_CHAIN:
            found.append(name)
            style = self._styles.get(name)
            name = attribute(style, "parent-style-name") if style is not None else ""
        return found

    def properties(self, name: str, kind: str) -> Element | None:
        """The ``kind`` ("text-properties") of the style itself."""
        return child(self._styles.get(name), kind)

    def heading_level(self, paragraph: Element) -> int:
        """1 and deeper; 0 for body text."""
        if name_of(paragraph) == "h":
            level = attribute(paragraph, "outline-level")
            return max(1, min(int(level), 9)) if level.isascii() and level.isdecimal() else 1
        for name in self.names(attribute(paragraph, "style-name")):
            if match := _HEADING.match(name):
                return max(1, int(match.group(1)))
            if name.lower() == "title":
                return 1
        return 0

    def is_caption(self, paragraph: Element) -> bool:
        return any(_CAPTION.match(n) for n in self.names(attribute(paragraph, "style-name"))[:3])

    def is_hidden(self, element: Element) -> bool:
        properties = self.properties(attribute(element, "style-name"), "text-properties")
        return properties is not None and attribute(properties, "display") == "none"

    def is_bold(self, element: Element) -> bool:
        for name in self.names(attribute(element, "style-name")):
            properties = self.properties(name, "text-properties")
            weight = attribute(properties, "font-weight") if properties is not None else ""
            if weight:
                return weight == "bold" or weight in ("600", "700", "800", "900")
            if name.lower() in ("table_20_heading", "table heading"):
                return True
        return False


def words_of(paragraph: Element, styles: OdfStyles) -> Words:
    words = Words()
    _gather(paragraph, styles, words)
    return words


def words_within(element: Element, styles: OdfStyles) -> Words:
    """All paragraphs of a cell or a frame, those of its notes left out."""
    words = Words()
    for paragraph in _paragraphs(element):
        words.append(words_of(paragraph, styles), " ")
    return words


def _paragraphs(element: Element) -> Iterator[Element]:
    for each in element:
        if name_of(each) in ("p", "h"):
            yield each
        if name_of(each) not in ("", "note", "annotation", "tracked-changes"):
            yield from _paragraphs(each)


def _gather(element: Element, styles: OdfStyles, words: Words) -> None:
    words.text += _collapsed(element.text, words.text)
    for each in element:
        _gather_child(each, styles, words)
        words.text += _collapsed(each.tail, words.text)


def _gather_child(element: Element, styles: OdfStyles, words: Words) -> None:
    name = name_of(element)
    if name == "note":
        citation = child(element, "note-citation")
        sign = "".join(citation.itertext()).strip() if citation is not None else ""
        words.signs.append(NoteSign(len(words.text), sign))
        words.notes.append(element)
    elif name == "s":
        count = attribute(element, "c")
        words.text += " " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES)
    elif name in ("tab", "line-break"):
        words.text += " "
    elif name and name not in _SKIPPED and not styles.is_hidden(element):
        _gather(element, styles, words)


def _collapsed(text: str | None, before: str) -> str:
    """White space in the file counts as one space, and as none after a space."""
    collapsed = re.sub(r"\s+", " ", text or "")
    return collapsed.removeprefix(" ") if not before or before.endswith(" ") else collapsed


def frames_in(paragraph: Element) -> Iterator[Element]:
    """The outermost frames and shapes of a paragraph: their text stands beside it."""
    for each in paragraph:
        if name_of(each) in ("frame", "custom-shape", "text-box", "g"):
            yield each
        elif name_of(each) not in ("", "note", "annotation", "tracked-changes"):
            yield from frames_in(each)
