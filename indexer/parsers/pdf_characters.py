"""Reading the characters of a PDF page with PDFium: where each stands, and how large it is.

Coordinates are points from the top left corner of the page as a reader sees it: cropped and
rotated. PDFium works from the bottom left of the unrotated sheet.
"""

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from indexer.parsers.canonical import BULLETS, Edges

Codes = npt.NDArray[np.uint32]
Edge = TypeVar("Edge", float, Edges)

_ASKEW = 3.0  # degrees
TALLEST = 1.25  # times the size of the type
_BOLD_FLAG, _ITALIC_FLAG = 1 << 18, 1 << 6
# PDFium puts these where a hyphen ends a line.
_LINE_END_HYPHENS = (0x02, 0xFFFE)
_LINE_BREAKS = (0x0A, 0x0D)
_BULLETS = str.maketrans(BULLETS)


@dataclass(slots=True)
class Run:
    """Characters drawn one after another on one base line without a large gap.

    ``boxes`` has a row (left, top, right, bottom) for each character of ``text``, zeros for those
    without ink.
    """

    text: str
    boxes: Edges
    left: float
    top: float
    right: float
    bottom: float
    size: float
    is_bold: bool = False
    is_italic: bool = False
    is_sideways: bool = False


def run_of(text: str, boxes: Edges, size: float) -> Run:
    """The run of these characters, of which at least one has ink."""
    return Run(text, boxes, *_edges(boxes, [(0, len(text))])[0], size=size)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The geometry of one page and the way from PDFium's coordinates to a reader's."""

    width: float
    height: float
    bounds: tuple[float, float, float, float]
    rotation: int

    def box(self, left: Edge, bottom: Edge, right: Edge, top: Edge) -> tuple[Edge, ...]:
        """(left, top, right, bottom) as a reader sees it, of one character or of many."""
        edge_left, edge_bottom, edge_right, edge_top = self.bounds
        if self.rotation == 90:
            return bottom - edge_bottom, left - edge_left, top - edge_bottom, right - edge_left
        if self.rotation == 180:
            return edge_right - right, bottom - edge_bottom, edge_right - left, top - edge_bottom
        if self.rotation == 270:
            return edge_top - top, edge_right - right, edge_top - bottom, edge_right - left
        return left - edge_left, edge_top - top, right - edge_left, edge_top - bottom


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

    def runs(self, limit: int) -> list[Run]:
        """In the order in which the page draws them, at most ``limit`` characters.

        What is set sideways (a stamp in the margin) comes last, in one run.
        """
        count = min(pdfium.FPDFText_CountChars(self._raw), limit)
        if not count:
            return []
        codes = self._codes(count)
        boxes = self._boxes(codes)
        text = _text(codes)
        found: list[Run] = []
        sideways: list[tuple[str, Edges]] = []
        stretches = list(_stretches(codes, boxes))
        for (start, end), edges in zip(stretches, _edges(boxes, stretches), strict=True):
            angle = self._angle(start)
            if _ASKEW < angle % 90 < 90 - _ASKEW:  # a box as high as the font would be too large
                boxes[start:end] = [self._ink(index) for index in range(start, end)]
            if 45 < angle < 135:
                if start and codes[start - 1] in _LINE_BREAKS:
                    sideways.append((" ", np.zeros((1, 4), np.float32)))
                sideways.append((text[start:end], boxes[start:end]))
            else:
                run = Run(text[start:end], boxes[start:end], *edges, size=0.0)
                self._complete(run, start)
                found.append(run)
        return found + _stamp(sideways)

    def _codes(self, count: int) -> Codes:
        unicode = pdfium.FPDFText_GetUnicode
        codes = np.fromiter(map(unicode, repeat(self._raw), range(count)), np.uint32, count)
        is_character = (codes > 0) & (codes < 0x110000) & ((codes < 0xD800) | (codes >= 0xE000))
        return np.where(is_character, codes, 0x20).astype(np.uint32)

    def _boxes(self, codes: Codes) -> Edges:
        """As high as the font. Zeros where a character leaves no ink."""
        count = len(codes)
        rects = np.zeros((count, 4), np.float32)
        first = rects.ctypes.data
        places = range(first, first + 16 * count, 16)
        known = np.fromiter(
            map(_loose_box(), repeat(ctypes.cast(self._raw, ctypes.c_void_p).value),
                range(count), places), bool, count)  # fmt: skip
        left, top, right, bottom = rects.T
        boxes = np.stack(self._sheet.box(left, bottom, right, top), axis=1).astype(np.float32)
        inked = known & ~np.isin(codes, _spaces(codes))
        usable = inked & (right > left) & (top > bottom) & (self._sheet.rotation == 0)
        boxes[~usable] = 0
        for index in np.flatnonzero(inked & ~usable).tolist():
            boxes[index] = self._tight(index)
        return boxes

    def _complete(self, run: Run, start: int) -> None:
        run.size = self._size(start) or run.bottom - run.top
        if self._sheet.rotation == 0 and run.bottom - run.top > TALLEST * run.size:
            self._lower(run, start)
        letter = next((place for place, c in enumerate(run.text) if c.isalpha()), None)
        if letter is not None:
            self._describe(run, start + letter)

    def _lower(self, run: Run, start: int) -> None:
        """Fonts that claim to be higher than the lines are apart would reach into other lines."""
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._raw, start, x, y)
        base = float(self._sheet.box(x.value, y.value, x.value, y.value)[1])
        top, bottom = max(run.top, base - 0.95 * run.size), min(run.bottom, base + 0.28 * run.size)
        if bottom - top < 0.6 * run.size:
            return
        inked = run.boxes[:, 2] > run.boxes[:, 0]
        run.boxes[inked, 1] = np.maximum(run.boxes[inked, 1], top)
        run.boxes[inked, 3] = np.minimum(run.boxes[inked, 3], bottom)
        run.top, run.bottom = top, bottom

    def _ink(self, index: int) -> tuple[float, ...]:
        """The box of the ink alone."""
        edges = [ctypes.c_double() for _ in range(4)]
        pdfium.FPDFText_GetCharBox(self._raw, index, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        return self._sheet.box(left, bottom, right, top)

    def _tight(self, index: int) -> tuple[float, ...]:
        """The ink's box, made as high as the font: on turned pages PDFium gives no other."""
        box = self._ink(index)
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

    def _angle(self, index: int) -> float:
        """By how many degrees, below 180, a reader would have to turn the page."""
        angle = math.degrees(pdfium.FPDFText_GetCharAngle(self._raw, index))
        return (angle + self._sheet.rotation) % 180

    def _describe(self, run: Run, index: int) -> None:
        """Bold and italic as its first letter is: a quotation mark may come from another font."""
        flags = ctypes.c_int()
        name = ctypes.create_string_buffer(128)
        pdfium.FPDFText_GetFontInfo(self._raw, index, name, 128, flags)
        words = name.value.lower()
        weight = pdfium.FPDFText_GetFontWeight(self._raw, index)
        run.is_bold = bool(flags.value & _BOLD_FLAG) or b"bold" in words or weight >= 600
        run.is_bold = run.is_bold or b"black" in words or b"heavy" in words
        run.is_italic = bool(flags.value & _ITALIC_FLAG) or b"italic" in words or b"obliq" in words


def _stretches(codes: Codes, boxes: Edges) -> Iterator[tuple[int, int]]:
    """(start, end) of the characters of each run; it starts with ink."""
    inked = np.flatnonzero(boxes[:, 2] > boxes[:, 0])
    if not len(inked):
        return
    ends = np.isin(codes, _LINE_BREAKS)
    closed = np.concatenate(([0], np.cumsum(ends | np.isin(codes, _LINE_END_HYPHENS))))
    apart = closed[inked[1:]] > closed[inked[:-1]]
    starts = inked[np.concatenate(([True], apart | _breaks(boxes[inked])))].tolist()
    # What follows a line break before the next ink belongs to neither line.
    stops = np.flatnonzero(np.diff(closed) > 0)
    stops = stops + ~ends[stops]
    after = np.append(stops, len(codes))[np.searchsorted(stops, starts, side="right")].tolist()
    for start, following, stop in zip(starts, [*starts[1:], len(codes)], after, strict=True):
        yield start, min(following, stop)


def _edges(
    boxes: Edges, stretches: Sequence[tuple[int, int]]
) -> list[tuple[float, float, float, float]]:
    """(left, top, right, bottom) of the ink of each stretch; between them there is no ink."""
    if not stretches:
        return []
    starts = [start for start, _ in stretches]
    has_ink = (boxes[:, 2] > boxes[:, 0])[:, np.newaxis]
    low = np.minimum.reduceat(np.where(has_ink, boxes[:, :2], np.inf), starts, axis=0)
    high = np.maximum.reduceat(np.where(has_ink, boxes[:, 2:], -np.inf), starts, axis=0)
    found: list[tuple[float, float, float, float]] = [
        (left, top, right, bottom) for left, top, right, bottom in np.hstack((low, high)).tolist()
    ]
    return found


def _breaks(boxes: Edges) -> npt.NDArray[np.bool_]:
    """Whether each character but the first stands so that a new run begins with it."""
    heights = boxes[:, 3] - boxes[:, 1]
    before = np.maximum(heights[:-1], 1.0)
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    gaps = boxes[1:, 0] - boxes[:-1, 2]
    moved = np.abs(np.diff(middles)) > 0.35 * before
    moved |= (heights[1:] < 0.8 * heights[:-1]) | (heights[:-1] < 0.8 * heights[1:])
    found: npt.NDArray[np.bool_] = moved | (gaps > 0.9 * before) | (gaps < -1.5 * before)
    return found


def _text(codes: Codes) -> str:
    plain = np.where(np.isin(codes, _LINE_END_HYPHENS), ord("-"), codes).astype("<u4")
    return plain.tobytes().decode("utf-32-le").translate(_BULLETS)


def _spaces(codes: Codes) -> list[int]:
    """The codes among these that leave no ink."""
    return [code for code in np.unique(codes).tolist() if code <= 0x20 or chr(code).isspace()]


def _stamp(parts: Sequence[tuple[str, Edges]]) -> list[Run]:
    if not parts:
        return []
    text, boxes = "".join(text for text, _ in parts), np.concatenate([box for _, box in parts])
    run = run_of(text, boxes, 1.0)
    run.is_sideways = True
    return [run]


@cache
def _loose_box() -> Any:
    """PDFium's function, declared to write to a bare address: one object less a character."""
    address = ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value
    kinds = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    return ctypes.CFUNCTYPE(ctypes.c_int, *kinds)(address or 0)
