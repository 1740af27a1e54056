"""References to footnotes in a tree of elements: links in the text whose target is a note."""

import re

from lxml import html

from indexer.parsers.parsed import NoteSign

_SIGN = re.compile(r"[\[(]?\s*(?P<sign>\*?\d{1,3}|\*{1,3}|[a-z])\s*[\])]?")
_NOTE_NAMES = re.compile(r"(?:^|[\s_-])(?:oj-note|foot-?notes?|end-?notes?|note)(?:$|[\s_-])")
_NOTE_ROLES = {"doc-footnote", "doc-endnote", "doc-endnotes", "note"}
_HIGHEST = 4
# Stands around a sign in the words gathered from the tree. No text holds it: it is a private
# character, and every text loses it first.
_MARK = "\ue000"
_MARKED = re.compile(rf"\s?[\[(]\s*{_MARK}(.*?){_MARK}\s*[\])]|\s?{_MARK}(.*?){_MARK}")


class NoteLinks:
    """The notes of a document, found by the ids that links lead to."""

    def __init__(self, root: html.HtmlElement) -> None:
        self._notes = {
            name
            for element in root.iter()
            if isinstance(element.tag, str)
            for name in (element.get("id"), element.get("name") if element.tag == "a" else None)
            if name and _is_in_note(element)
        }

    def sign(self, link: html.HtmlElement) -> str:
        """What the link shows, if it leads from the text to a note; "" for other links."""
        target = (link.get("href") or "").partition("#")[2]
        if target not in self._notes or _is_in_note(link):
            return ""
        match = _SIGN.fullmatch(" ".join(link.text_content().split()))
        return match.group("sign") if match else ""


def sign_of(text: str) -> str:
    """The sign that a note begins with."""
    match = _SIGN.match(text)
    return match.group("sign") if match and (text[0] in "[(*" or text[0].isdigit()) else ""


def marked(sign: str) -> str:
    """The sign as it is put among words whose notes `taken_out` finds again."""
    return f"{_MARK}{sign}{_MARK}"


def unmarked(text: str) -> str:
    """A text of the document, which cannot pretend to be a sign."""
    return text.replace(_MARK, "")


def taken_out(text: str) -> tuple[str, list[NoteSign]]:
    """The text without the marked signs, and where they stood."""
    kept: list[str] = []
    notes: list[NoteSign] = []
    start = 0
    for match in _MARKED.finditer(text):
        kept.append(text[start : match.start()])
        start = match.end()
        notes.append(NoteSign(sum(map(len, kept)), match.group(1) or match.group(2)))
    return "".join([*kept, text[start:]]), notes


def is_note(element: html.HtmlElement) -> bool:
    """Whether the element says of itself that it is a footnote."""
    return element.get("role", "") in _NOTE_ROLES


def _is_in_note(element: html.HtmlElement) -> bool:
    for _ in range(_HIGHEST):
        if element is None or element.tag == "body":
            return False
        if element.get("role", "") in _NOTE_ROLES or element.tag == "aside":
            return True
        if _NOTE_NAMES.search(element.get("class", "")) and element.tag in (
            "p", "div", "li", "ol", "ul", "section", "dd",
        ):  # fmt: skip
            return True
        element = element.getparent()
    return False
