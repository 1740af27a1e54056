"""From a tree of elements to blocks."""

import re
from collections import Counter

from lxml import html

from indexer.parsers.canonical import PageBuilder, clean
from indexer.parsers.eurlex import Role, role_of
from indexer.parsers.headings import heading_of_point, legal_heading
from indexer.parsers.html_notes import NoteLinks, is_note, marked, sign_of, taken_out, unmarked
from indexer.parsers.markers import is_marker, starts_item
from indexer.parsers.parsed import BlockKind, NoteSign

DROPPED = frozenset({
    "script", "style", "noscript", "template", "nav", "input", "select", "button", "textarea",
    "option", "svg", "math", "iframe", "object", "embed", "head", "audio", "video", "canvas",
    "dialog",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "tt", "u", "var", "wbr", "time", "data",
})  # fmt: skip
HEADINGS = {f"h{level}": level for level in range(1, 7)}
CELL_BREAK = " | "
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BOILERPLATE_ROLES = {"navigation", "search", "banner", "contentinfo", "menu", "menubar"}


class BlockReader:
    """Walks a tree in document order and closes a block at every block-level boundary.

    Text that is nothing but a marker ("(a)", "1.") waits for the block it introduces: that is how
    EUR-Lex lays out its points, in two cells of a table or two columns of a grid.
    """

    def __init__(self, notes: NoteLinks) -> None:
        self._notes = notes
        self._page = PageBuilder()
        self._words: list[str] = []
        self._markers: list[str] = []
        self._label: tuple[str, int] | None = None
        self._is_titled = False
        self._in_item = False
        self._points: Counter[html.HtmlElement] = Counter()

    def read(self, root: html.HtmlElement) -> PageBuilder:
        body = root.find("body")
        self._walk(root if body is None else body)
        self._flush()
        self._settle_label()
        for marker in self._markers:
            self._page.add(BlockKind.PARAGRAPH, marker)
        return self._page

    def _walk(self, element: html.HtmlElement) -> None:
        self._say(element.text)
        for child in element:
            if isinstance(child.tag, str) and not _is_dropped(child):
                self._enter(child)
            self._say(child.tail)

    def _enter(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if tag == "br":
            self._say(" ")
        elif tag == "img":
            self._say(element.get("alt") if len(element.get("alt") or "") > 40 else " ")
        elif tag == "a" and (sign := self._notes.sign(element)):
            self._words.append(marked(sign))
        elif tag in INLINE and not _holds_blocks(element):
            self._walk(element)
        elif tag == "tr":
            self._row(element)
        else:
            self._block(element)

    def _block(self, element: html.HtmlElement) -> None:
        self._flush()
        tag = element.tag
        text = clean(element.text_content()) if tag in HEADINGS or tag == "p" else ""
        role, level = self._role(element, text)
        if role is Role.SIGN:
            return
        if tag in HEADINGS or role in (Role.LABEL, Role.TITLE, Role.HEADING):
            self._heading(text, role, HEADINGS.get(tag, level))
            return
        if tag == "li":
            self._begin_point(element)
        self._walk(element)
        self._flush(_kind(element, role))
        self._in_item = False if tag == "li" else self._in_item

    def _role(self, element: html.HtmlElement, text: str) -> tuple[Role, int]:
        awaits_title = self._label is not None and not self._is_titled
        return role_of(element.tag, element.get("class", ""), text, awaits_title)

    def _begin_point(self, element: html.HtmlElement) -> None:
        self._in_item = True
        parent = element.getparent()
        if parent is not None and parent.tag == "ol":
            self._points[parent] += 1
            self._markers.append(f"{self._points[parent]}.")

    def _heading(self, text: str, role: Role, level: int) -> None:
        if role is Role.TITLE and self._label:
            self._label = (f"{self._label[0]} {text}", self._label[1])
            self._is_titled = True
            return
        self._settle_label()
        if role is Role.LABEL:
            self._label, self._is_titled = (text, level), False
        else:
            self._page.add(BlockKind.HEADING, text, level or 4)

    def _settle_label(self) -> None:
        if self._label:
            text, level = self._label
            self._label = None
            self._page.add(BlockKind.HEADING, text, level)

    def _row(self, row: html.HtmlElement) -> None:
        """A row of data becomes one block; a row that only sets the layout is walked through."""
        self._flush()
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = [clean(_visible_text(cell)) for cell in cells]
        filled = [text for text in texts if text]
        is_point = len(filled) == 2 and is_marker(filled[0])
        if len(filled) < 2 or is_point or any(map(_holds_layout, cells)):
            for cell in cells:
                self._block(cell)
            return
        self._settle_label()
        kind = BlockKind.HEADER if _names_columns(row, cells) else BlockKind.ROW
        self._page.add(kind, CELL_BREAK.join(filled))

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(unmarked(text))

    def _flush(self, kind: BlockKind | None = None) -> None:
        words, notes = taken_out("".join(self._words))
        text = clean(words)
        self._words = []
        if not text:
            return
        if is_marker(text):
            self._markers.append(text)
            return
        self._settle_label()
        known = legal_heading(text) if kind is None and not self._markers else None
        if known:
            self._label, self._is_titled = (text, known.level), not known.wants_title
            return
        self._add(kind, words.lstrip(), [_moved(note, words) for note in notes])

    def _add(self, kind: BlockKind | None, words: str, notes: list[NoteSign]) -> None:
        marked = bool(self._markers)
        before = "".join(f"{marker} " for marker in self._markers)
        self._markers = []
        is_point = marked or self._in_item or starts_item(words)
        self._in_item = False
        guess = kind or (BlockKind.ITEM if is_point else BlockKind.PARAGRAPH)
        found, level = heading_of_point(guess, before + clean(words), 0)
        sign = sign_of(words) if found is BlockKind.FOOTNOTE else ""
        notes = [NoteSign(len(before) + note.position, note.sign) for note in notes]
        self._page.add(found, before + words, level, sign=sign, notes=notes)


def _moved(note: NoteSign, words: str) -> NoteSign:
    """The note with its position counted from where the words begin."""
    return NoteSign(max(note.position - len(words) + len(words.lstrip()), 0), note.sign)


def _kind(element: html.HtmlElement, role: Role) -> BlockKind | None:
    if role is Role.NOTE or is_note(element):
        return BlockKind.FOOTNOTE
    return BlockKind.CAPTION if element.tag == "caption" else None


def _names_columns(row: html.HtmlElement, cells: list[html.HtmlElement]) -> bool:
    """A row of header cells, or the first of a table's head."""
    is_head = row.getparent() is not None and row.getparent().tag == "thead"
    return is_head or all(cell.tag == "th" for cell in cells)


def _is_dropped(element: html.HtmlElement) -> bool:
    if element.tag in DROPPED or element.get("hidden") is not None:
        return True
    if element.get("role", "") in _BOILERPLATE_ROLES or _HIDDEN.search(element.get("style", "")):
        return True
    return element.tag in ("form", "footer", "header", "aside") and _is_marginal(element)


def _is_marginal(element: html.HtmlElement) -> bool:
    """Some pages wrap everything into one form or header; that is content, not furniture."""
    if element.find(".//h1") is not None or element.find(".//article") is not None:
        return False
    whole = len(element.getroottree().getroot().text_content())
    return len(element.text_content()) < whole / 3


def _holds_blocks(element: html.HtmlElement) -> bool:
    return any(
        child.tag in ("p", "div", "table", "ul", "ol") for child in element.iterdescendants()
    )


def _holds_layout(cell: html.HtmlElement) -> bool:
    if cell.find(".//table") is not None or cell.find(".//h1") is not None:
        return True
    paragraphs = cell.findall(".//p")
    return len(paragraphs) > 3 or len(cell.findall(".//li")) > 3


def _visible_text(element: html.HtmlElement) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not _is_dropped(child):
            parts.append(_visible_text(child) if child.tag != "br" else " ")
            parts.append("" if child.tag in INLINE else " ")
        parts.append(child.tail or "")
    return "".join(parts)
