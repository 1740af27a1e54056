"""PowerPoint: a slide is a page, its title the heading, the speaker's notes apart."""

from collections.abc import Iterator
from typing import BinaryIO

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.limits import Limits
from indexer.parsers.markers import starts_item
from indexer.parsers.office import is_on, main_part, related, relations, stated_facts
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import PPTX
from indexer.parsers.tables import joined
from indexer.parsers.xml_source import Element, Package, attribute, child, children, name_of

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("dt", "ftr", "hdr", "sldNum", "sldImg")
_LISTS = ("body", "obj", "")  # placeholders whose paragraphs are points unless they say otherwise


class PptxParser:
    """Reads PPTX, hidden slides as empty pages: the numbers of the others stay right."""

    media_types: tuple[str, ...] = (PPTX,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        package = Package(stream, self._limits)
        part = main_part(package, "ppt/presentation.xml")
        root = package.root(part)
        if root is None:
            raise UnreadableFile("damaged", "the presentation is missing")
        slides = list(_slides(package, part, root))
        self._limits.check_pages(len(slides))
        if not slides:
            raise UnreadableFile("no_text", "a presentation without slides")
        first = attribute(root, "firstSlideNum") or "1"
        offset = int(first) - 1 if first.isascii() and first.isdecimal() else 0
        pages = tuple(
            _page(package, slide, number, str(number + offset) if offset else None)
            for number, slide in enumerate(slides, start=1)
        )
        title, language, date = stated_facts(package, "docProps/core.xml")
        return ParsedDocument(pages, has_pages=True, title=title, language=language, date=date)


def _slides(package: Package, part: str, root: Element) -> Iterator[str]:
    parts = relations(package, part)
    listed = child(root, "sldIdLst")
    for slide in listed if listed is not None else ():
        # The relation's id, in its namespace; the slide's own id has none.
        ids = [value for key, value in slide.attrib.items() if key.endswith("}id")]
        if ids and ids[0] in parts:
            yield parts[ids[0]][1]


def _page(package: Package, part: str, number: int, label: str | None) -> Page:
    builder = PageBuilder()
    slide = package.root(part)
    if slide is not None and (slide.get("show") is None or is_on(slide, "show")):
        writer = _SlideWriter(package, part, builder)
        writer.write(child(slide, "cSld", "spTree"))
        writer.write_notes()
    return builder.page(number, label)


class _SlideWriter:
    def __init__(self, package: Package, part: str, page: PageBuilder) -> None:
        self._package = package
        self._part = part
        self._page = page

    def write(self, tree: Element | None) -> None:
        shapes = list(_shapes(tree)) if tree is not None else []
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for shape in titles:
            self._page.add(BlockKind.HEADING, " ".join(_texts(shape)), 1)
        for shape in shapes:
            if shape not in titles:
                self._shape(shape)

    def write_notes(self) -> None:
        part = related(self._package, self._part, "notesSlide")
        tree = child(self._package.root(part) if part else None, "cSld", "spTree")
        for shape in _shapes(tree) if tree is not None else ():
            if _placeholder(shape) == "body":
                for text in _texts(shape):
                    self._page.add(BlockKind.FOOTNOTE, text)

    def _shape(self, shape: Element) -> None:
        kind = _placeholder(shape)
        if kind in _FURNITURE:
            return
        if name_of(shape) == "graphicFrame":
            self._frame(shape)
            return
        body = child(shape, "txBody")
        paragraphs = children(body, "p") if body is not None else []
        said = [(p, text) for p in paragraphs if (text := _text(p).strip())]
        for paragraph, text in said:
            is_point = _is_point(paragraph, kind, len(said)) or starts_item(text)
            self._page.add(BlockKind.ITEM if is_point else BlockKind.PARAGRAPH, text)

    def _frame(self, frame: Element) -> None:
        """A table, or the words of a diagram."""
        graphic = child(frame, "graphic", "graphicData")
        table = child(graphic, "tbl")
        if table is not None:
            self._table(table)
        diagram = child(graphic, "relIds")
        target = relations(self._package, self._part).get(
            attribute(diagram, "dm") if diagram is not None else ""
        )
        root = self._package.root(target[1]) if target else None
        for point in root.iter("{*}pt") if root is not None else ():
            for text in _texts(point, "t"):
                self._page.add(BlockKind.PARAGRAPH, text)

    def _table(self, table: Element) -> None:
        facts = child(table, "tblPr")
        has_header = facts is not None and is_on(facts, "firstRow")
        rows = children(table, "tr")
        for place, row in enumerate(rows):
            cells = [" ".join(_texts(cell)) for cell in children(row, "tc")]
            names = has_header and place == 0 and len(rows) > 1
            if any(cells):
                self._page.add(BlockKind.HEADER if names else BlockKind.ROW, joined(cells))


def _shapes(tree: Element) -> Iterator[Element]:
    """The shapes in the order in which they are drawn, those of groups in their place."""
    for each in tree:
        name = name_of(each)
        if name in ("sp", "graphicFrame", "cxnSp"):
            yield each
        elif name in ("grpSp", "Choice"):
            yield from _shapes(each)
        elif name == "AlternateContent":
            yield from _shapes(each[:1])


def _placeholder(shape: Element) -> str | None:
    """The kind of placeholder; "" for one without a kind, None for any other shape."""
    for facts in shape:
        if name_of(facts).startswith("nv"):
            place = child(facts, "nvPr", "ph")
            return None if place is None else str(place.get("type", ""))
    return None


def _is_point(paragraph: Element, placeholder: str | None, count: int) -> bool:
    facts = child(paragraph, "pPr")
    if facts is not None:
        if children(facts, "buChar", "buAutoNum", "buBlip"):
            return True
        if children(facts, "buNone"):
            return False
    return placeholder in _LISTS and count > 1


def _texts(element: Element, body: str = "txBody") -> list[str]:
    """The paragraphs of a shape or a cell that say something."""
    holder = child(element, body)
    paragraphs = children(holder, "p") if holder is not None else []
    return [text for each in paragraphs if (text := _text(each).strip())]


def _text(paragraph: Element) -> str:
    parts = []
    for each in paragraph:
        if name_of(each) == "br":
            parts.append(" ")
        elif name_of(each) in ("r", "fld"):
            words = child(each, "t")
            parts.append((words.text or "") if words is not None else "")
    return "".join(parts)
