"""Text of a PDF page that a reader does not see is taken off the page before its text is read.

Hidden is what is drawn in invisible ink, in the colour of the page, smaller than can be read, or
beside the page. Invisible text over the picture of a page is the work of a text recognition, and
stays.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

_SMALLEST = 2.0  # points
_PICTURE = 0.5  # the share of the page that the picture of a scanned page covers at least
_WHOLE_PAGE = 0.8
_SAME_COLOUR = 10  # of 255
_DEEPEST = 4
_MOST_OBJECTS = 20_000
_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_COLOURLESS = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)

Colour = tuple[int, int, int]
Rect = tuple[float, float, float, float]  # left, bottom, right, top as PDFium has them
WHITE: Colour = (255, 255, 255)


@dataclass(slots=True)
class HiddenText:
    """Takes hidden text off pages and remembers on which there was some; ``recognised`` are the
    pages whose text was laid invisibly over their picture by a text recognition."""

    pages: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)

    def taken_off(self, page: Any, number: int) -> Any:
        """``page`` without it. To be called before the page's text is loaded."""
        sheet = _Sheet(page)
        hidden = sheet.hidden()
        if sheet.is_recognised():
            self.recognised.append(number)
        says_something = _have_words(page, hidden)
        removed = [_removed(page, found) for found in hidden]
        if says_something and any(removed):
            self.pages.append(number)
        return page

    def warnings(self) -> list[str]:
        if not self.pages:
            return []
        shown = ", ".join(map(str, self.pages[:20]))
        more = f" and {len(self.pages) - 20} more" if len(self.pages) > 20 else ""
        return [f"hidden text on pages {shown}{more}: left out"]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An object of a page and the form that holds it, None for the page itself. ``scale`` and
    ``shift`` lead from the form's coordinates to the page's."""

    raw: Any
    kind: int
    form: Any
    scale: tuple[float, float, float, float]
    shift: tuple[float, float]

    def place(self) -> Rect:
        edges = [ctypes.c_float() for _ in range(4)]
        pdfium.FPDFPageObj_GetBounds(self.raw, *edges)
        left, bottom, right, top = (edge.value for edge in edges)
        a, b, c, d = self.scale
        x, y = self.shift
        corners = [(left, bottom), (right, top), (left, top), (right, bottom)]
        across = [a * u + c * v + x for u, v in corners]
        up = [b * u + d * v + y for u, v in corners]
        return min(across), min(up), max(across), max(up)

    def colour(self) -> Colour | None:
        """None where it is filled with no plain colour."""
        parts = [ctypes.c_uint() for _ in range(4)]
        if not pdfium.FPDFPageObj_GetFillColor(self.raw, *parts):
            return None
        red, green, blue, alpha = (part.value for part in parts)
        return (red, green, blue) if alpha else WHITE

    def is_filled(self) -> bool:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(self.raw, mode, stroke)
        return bool(mode.value != pdfium.FPDF_FILLMODE_NONE)

    def size(self) -> float:
        size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
        pdfium.FPDFTextObj_GetFontSize(self.raw, size)
        pdfium.FPDFPageObj_GetMatrix(self.raw, matrix)
        a, b, c, d = self.scale
        up = (a * matrix.c + c * matrix.d) ** 2 + (b * matrix.c + d * matrix.d) ** 2
        return float(abs(size.value) * up**0.5)


class _Sheet:
    """One page: what is drawn on it, in order."""

    def __init__(self, page: Any) -> None:
        rect = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page.raw, rect)
        self.edges: Rect = (rect.left, rect.bottom, rect.right, rect.top)
        self.drawn = list(_objects(page))
        self._others: list[tuple[Rect, Colour | None]] | None = None
        self._ground: Colour | None = None

    def hidden(self) -> list[_Drawn]:
        return [text for text in self._texts() if self._is_hidden(text)]

    def is_recognised(self) -> bool:
        """Whether most of the text lies invisibly over the picture of the page."""
        modes = [pdfium.FPDFTextObj_GetTextRenderMode(text.raw) for text in self._texts()]
        return 2 * sum(mode in _MODES for mode in modes) > len(modes) and self._is_scan()

    def _texts(self) -> list[_Drawn]:
        return [drawn for drawn in self.drawn if drawn.kind == pdfium.FPDF_PAGEOBJ_TEXT]

    def _is_hidden(self, text: _Drawn) -> bool:
        mode = pdfium.FPDFTextObj_GetTextRenderMode(text.raw)
        if mode in _MODES:
            return not self._is_scan()
        if text.size() < _SMALLEST:
            return True
        place = text.place()
        if _share_within(place, self.edges) == 0:
            return True
        colour = text.colour()
        return colour is not None and _alike(colour, self._paper()) and self._is_bare(place, colour)

    def _paper(self) -> Colour:
        """The colour of the page: white, or that with which all of it is painted first."""
        if self._ground is None:
            painted = (c for place, c in self._painted() if c and self._covers(place, _WHOLE_PAGE))
            self._ground = next(painted, WHITE)
        return self._ground

    def _is_bare(self, place: Rect, colour: Colour) -> bool:
        """Whether nothing of another colour, and no picture, lies below the middle of ``place``."""
        across, up = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
        return all(
            ground is not None and _alike(ground, colour)
            for (west, south, east, north), ground in self._painted()
            if west <= across <= east and south <= up <= north
        )

    def _is_scan(self) -> bool:
        return any(
            ground is None and self._covers(place, _PICTURE) for place, ground in self._painted()
        )

    def _covers(self, place: Rect, share: float) -> bool:
        return _share_within(self.edges, place) >= share

    def _painted(self) -> list[tuple[Rect, Colour | None]]:
        """Where filled shapes and pictures lie, in the order in which they are drawn; pictures
        have no one colour."""
        if self._others is None:
            self._others = [
                (drawn.place(), None if drawn.kind in _COLOURLESS else drawn.colour())
                for drawn in self.drawn
                if drawn.kind in _COLOURLESS
                or (drawn.kind == pdfium.FPDF_PAGEOBJ_PATH and drawn.is_filled())
            ]
        return self._others


def _objects(page: Any) -> Iterator[_Drawn]:
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        raw = pdfium.FPDFPage_GetObject(page.raw, index)
        yield from _flat(raw, None, (1.0, 0.0, 0.0, 1.0), (0.0, 0.0), 0)


def _flat(
    raw: Any, form: Any, scale: tuple[float, float, float, float], shift: tuple[float, float],
    depth: int,
) -> Iterator[_Drawn]:  # fmt: skip
    """The object, or what a form holds, down to a depth that no honest file reaches."""
    kind = pdfium.FPDFPageObj_GetType(raw)
    if kind != pdfium.FPDF_PAGEOBJ_FORM:
        yield _Drawn(raw, kind, form, scale, shift)
        return
    if depth == _DEEPEST:
        return
    inner = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(raw, inner)
    a, b, c, d = scale
    x, y = shift
    composed = (
        a * inner.a + c * inner.b, b * inner.a + d * inner.b,
        a * inner.c + c * inner.d, b * inner.c + d * inner.d,
    )  # fmt: skip
    moved = (a * inner.e + c * inner.f + x, b * inner.e + d * inner.f + y)
    for index in range(min(pdfium.FPDFFormObj_CountObjects(raw), _MOST_OBJECTS)):
        yield from _flat(pdfium.FPDFFormObj_GetObject(raw, index), raw, composed, moved, depth + 1)


def _have_words(page: Any, hidden: Sequence[_Drawn]) -> bool:
    """Office programs set spaces so small that nobody sees them: these hide nothing."""
    if not hidden:
        return False
    text = page.get_textpage()
    try:
        return any(_words(drawn, text) for drawn in hidden)
    finally:
        text.close()


def _words(drawn: _Drawn, text: Any) -> str:
    size = pdfium.FPDFTextObj_GetText(drawn.raw, text.raw, None, 0)  # bytes of UTF-16 and a zero
    letters = (ctypes.c_ushort * max(1, size // 2))()
    pdfium.FPDFTextObj_GetText(drawn.raw, text.raw, letters, size)
    return bytes(letters).decode("utf-16-le", "replace").strip("\0").strip()


def _removed(page: Any, drawn: _Drawn) -> bool:
    if drawn.form is None:
        return bool(pdfium.FPDFPage_RemoveObject(page.raw, drawn.raw))
    return bool(pdfium.FPDFFormObj_RemoveObject(drawn.form, drawn.raw))


def _alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= _SAME_COLOUR for a, b in zip(one, other, strict=True))


def _share_within(inner: Rect, outer: Rect) -> float:
    """How much of ``inner`` lies inside ``outer``, from 0 to 1; 1 for what has no extent inside."""
    wide = min(inner[2], outer[2]) - max(inner[0], outer[0])
    high = min(inner[3], outer[3]) - max(inner[1], outer[1])
    if wide < 0 or high < 0:
        return 0.0
    area = (inner[2] - inner[0]) * (inner[3] - inner[1])
    return wide * high / area if area > 0 else 1.0
