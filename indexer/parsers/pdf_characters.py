"""Reading the characters of a PDF page with PDFium: where each stands, and how large it is.

Coordinates are points from the top left corner of the page as a reader sees it: cropped and
rotated. PDFium works from the bottom left of the unrotated sheet.
"""

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from indexer.parsers.canonical import BULLETS, NO_INK, Box

_BOLD_FLAG, _ITALIC_FLAG = 1 << 18, 1 << 6
# PDFium puts these where a hyphen ends a line.
_LINE_END_HYPHENS = (0x02, 0xFFFE)
_LINE_BREAKS = (0x0A, 0x0D)


@dataclass(slots=True)
class Run:
    """Characters drawn one after another on one base line without a large gap."""

    text: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    left: float = math.inf
    top: float = math.inf
    right: float = -math.inf
    bottom: float = -math.inf
    height: float = 0.0
    size: float = 0.0
    is_bold: bool = False
    is_italic: bool = False
    is_sideways: bool = False
    is_described: bool = False

    def add(self, character: str, box: Box, has_ink: bool) -> None:
        self.text.append(character)
        self.boxes.append(box if has_ink else NO_INK)
        if has_ink:
            self.left, self.top = min(self.left, box[0]), min(self.top, box[1])
            self.right, self.bottom = max(self.right, box[2]), max(self.bottom, box[3])
            self.height = max(self.height, box[3] - box[1])


@dataclass(frozen=True, slots=True)
class Sheet:
    """The geometry of one page and the way from PDFium's coordinates to a reader's."""

    width: float
    height: float
    bounds: Box
    rotation: int

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        edge_left, edge_bottom, edge_right, edge_top = self.bounds
        if self.rotation == 90:
            turned = bottom - edge_bottom, left - edge_left, top - edge_bottom, right - edge_left
        elif self.rotation == 180:
            turned = edge_right - right, bottom - edge_bottom, edge_right - left, top - edge_bottom
        elif self.rotation == 270:
            turned = edge_top - top, edge_right - right, edge_top - bottom, edge_right - left
        else:
            turned = left - edge_left, edge_top - top, right - edge_left, edge_top - bottom
        return turned


def sheet_of(page: Any) -> Sheet:
    """The visible part of ``page``."""
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page.raw, rect):
        width, height = page.get_size()
        return Sheet(width, height, (0.0, 0.0, width, height), 0)
    bounds = rect.left, rect.bottom, rect.right, rect.top
    width, height = rect.right - rect.left, rect.top - rect.bottom
    rotation = page.get_rotation()
    if rotation in (90, 270):
        width, height = height, width
    return Sheet(width, height, bounds, rotation)


class Characters:
    """The runs of one text page."""

    def __init__(self, textpage: Any, sheet: Sheet) -> None:
        self._raw = textpage.raw
        self._sheet = sheet
        self._rect = pdfium.FS_RECTF()

    def runs(self, limit: int) -> list[Run]:
        """In the order in which the page draws them, at most ``limit`` characters.

        What is set sideways (a stamp in the margin) comes last, in one run.
        """
        found: list[Run] = []
        sideways = Run(is_sideways=True)
        run: Run | None = None
        for index, code, box in self._boxes(limit):
            if code in _LINE_BREAKS or box is None:
                run = None
                continue
            character = "-" if code in _LINE_END_HYPHENS else chr(code)
            character = BULLETS.get(character, character)
            has_ink = not character.isspace() and box[2] > box[0]
            if has_ink and (run is None or _breaks(run, box)):
                if self._is_sideways(index):
                    sideways.add(character, box, has_ink)
                    continue
                run = Run(size=self._size(index) or box[3] - box[1])
                found.append(run)
            if run is None:
                continue
            if not run.is_described and character.isalpha():
                self._describe(run, index)
            run.add(character, box, has_ink)
            run = None if code in _LINE_END_HYPHENS else run
        sideways.size = 1.0
        return [*found, sideways] if sideways.text else found

    def _boxes(self, limit: int) -> Iterator[tuple[int, int, Box | None]]:
        raw, rect = self._raw, self._rect
        loose, unicode = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetUnicode
        place: Callable[[float, float, float, float], Box] = self._sheet.box
        upright = self._sheet.rotation == 0
        for index in range(min(pdfium.FPDFText_CountChars(raw), limit)):
            code = unicode(raw, index)
            code = code if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else 0x20
            if not loose(raw, index, rect):
                yield index, code, None if code in _LINE_BREAKS else NO_INK
            elif upright and rect.right > rect.left and rect.top > rect.bottom:
                yield index, code, place(rect.left, rect.bottom, rect.right, rect.top)
            elif code <= 0x20:
                yield index, code, NO_INK
            else:
                yield index, code, self._tight(index)

    def _tight(self, index: int) -> Box:
        """The ink's own box, made as high as the font: on turned pages PDFium gives no other."""
        edges = [ctypes.c_double() for _ in range(4)]
        pdfium.FPDFText_GetCharBox(self._raw, index, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        box = self._sheet.box(left, bottom, right, top)
        size = self._size(index)
        if not 1 <= size <= 300:
            return box
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._raw, index, x, y)
        baseline = self._sheet.box(x.value, y.value, x.value, y.value)[1]
        return box[0], baseline - 0.85 * size, box[2], baseline + 0.25 * size

    def _size(self, index: int) -> float:
        """The size of the type in points, as it is shown."""
        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(self._raw, index, matrix):
            return 0.0
        scale = math.hypot(matrix.c, matrix.d)
        return float(pdfium.FPDFText_GetFontSize(self._raw, index) * scale)

    def _is_sideways(self, index: int) -> bool:
        """Whether a reader would have to turn the page by a quarter to read the character."""
        angle = math.degrees(pdfium.FPDFText_GetCharAngle(self._raw, index))
        return 45 < (angle + self._sheet.rotation) % 180 < 135

    def _describe(self, run: Run, index: int) -> None:
        """Bold and italic as its first letter is: a quotation mark may come from another font."""
        run.is_described = True
        flags = ctypes.c_int()
        name = ctypes.create_string_buffer(128)
        pdfium.FPDFText_GetFontInfo(self._raw, index, name, 128, flags)
        words = name.value.lower()
        weight = pdfium.FPDFText_GetFontWeight(self._raw, index)
        run.is_bold = bool(flags.value & _BOLD_FLAG) or b"bold" in words or weight >= 600
        run.is_bold = run.is_bold or b"black" in words or b"heavy" in words
        run.is_italic = bool(flags.value & _ITALIC_FLAG) or b"italic" in words or b"obliq" in words


def _breaks(run: Run, box: Box) -> bool:
    """Whether the character at ``box`` begins a new run."""
    if run.left == math.inf:
        return False
    height = max(run.height, 1.0)
    drift = abs((box[1] + box[3]) - (run.top + run.bottom)) / 2
    if drift > 0.35 * height or box[3] - box[1] < 0.8 * run.height:
        return True
    gap = box[0] - run.right
    return gap > 0.9 * height or gap < -1.5 * height
