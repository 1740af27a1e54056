"""The places of characters on a page: packed small for the database, merged into highlights.

Precision is a tenth of a point (0.035 mm), far below what a highlight shows; coordinates reach from
0 to 6553.5 points (2.3 m). The four edges are kept one after the other as differences from the
character before, which compresses about four times better than plain numbers.
"""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UNITS_PER_POINT = 10
LARGEST = 0xFFFF
EDGES = 4
WIDEST_GAP = 1.5  # between the words of a line, in heights of the line
STEEPEST = 1.5  # heights that a line may grow by one character: askew, it is cut into pieces
LARGER = 2.2  # times the height: no longer one line; a footnote's sign is smaller by less

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A highlight, in points from the page's top left corner."""

    left: float
    top: float
    right: float
    bottom: float


def pack(boxes: Sequence[Box]) -> bytes | None:
    """One (left, top, right, bottom) per character as bytes; None where there are none.

    Values are rounded to a tenth of a point and cut to the range of a page; not-a-number is 0.
    """
    if not len(boxes):
        return None
    points = np.clip(np.nan_to_num(np.asarray(boxes, np.float64)), 0, LARGEST / UNITS_PER_POINT)
    units = np.rint(points * UNITS_PER_POINT).astype(np.uint16)
    # Differences wrap around at 2^16, and so do the sums that undo them.
    differences = np.diff(units, axis=0, prepend=np.zeros((1, EDGES), np.uint16))
    return zlib.compress(np.ascontiguousarray(differences.T.astype("<u2")).tobytes(), 6)


def unpack(packed: bytes | None) -> npt.NDArray[np.float32]:
    """What :func:`pack` kept, shape (characters, 4), in points."""
    if packed is None:
        return np.zeros((0, EDGES), np.float32)
    differences = np.frombuffer(zlib.decompress(packed), "<u2").reshape(EDGES, -1)
    units = np.cumsum(differences, axis=1, dtype=np.uint16)
    return np.ascontiguousarray(units.T, np.float32) / np.float32(UNITS_PER_POINT)


def highlight(
    boxes: npt.NDArray[np.float32], start: int, end: int, breaks: Collection[int] = ()
) -> list[Rectangle]:
    """The characters from ``start`` to ``end`` as one rectangle a line, in reading order.

    A line ends where the next character stands above or below it, or where the text jumps back to
    the left (the next line, or the next column) or far to the right (the next cell of a table),
    where the type changes its size (the large number beside a title of two lines), and before
    each position in ``breaks``: there the page shows something that the text leaves out. The
    letters of a word set sideways share a rectangle. Characters without ink are passed over.
    """
    lines: list[list[float]] = []
    follows = False  # whether the character before has ink too
    parted = False  # whether a break has come since
    stacked = False  # whether the last rectangle is a word set sideways
    first, last = max(start, 0), max(end, 0)
    for position, box in enumerate(boxes[first:last].tolist(), start=first):
        parted = parted or position in breaks
        if box[2] <= box[0] and box[3] <= box[1]:
            follows = False
            continue
        stacks = follows and not parted and _is_stacked(lines[-1], *box)
        flows = bool(lines) and not parted and not stacked and _is_on_line(lines[-1], *box)
        if stacks or flows:
            lines[-1] = _grown(lines[-1], *box)
        else:
            lines.append(box)
        follows, parted, stacked = True, False, stacks
    return [Rectangle(*(round(edge, 1) for edge in line)) for line in lines]


def _is_on_line(line: list[float], left: float, top: float, right: float, bottom: float) -> bool:
    overlap = min(line[3], bottom) - max(line[1], top)
    tall, height = line[3] - line[1], bottom - top
    if overlap < 0.3 * max(min(tall, height), 0.1) or tall > LARGER * height > 0:
        return False
    steps_back, leaps = left < line[2] - 2 * tall, left > line[2] + WIDEST_GAP * tall
    climbs = max(line[3], bottom) - min(line[1], top) > STEEPEST * max(tall, height)
    return not steps_back and not leaps and not climbs and height <= LARGER * tall


def _is_stacked(line: list[float], left: float, top: float, right: float, bottom: float) -> bool:
    """Whether the letter stands right above or below the one before, as in a word set sideways."""
    shared = min(line[2], right) - max(line[0], left)
    gap = max(line[1] - bottom, top - line[3])
    return shared > 0.7 * max(line[2] - line[0], right - left) and gap < 0.3 * (right - left)


def _grown(line: list[float], left: float, top: float, right: float, bottom: float) -> list[float]:
    return [min(line[0], left), min(line[1], top), max(line[2], right), max(line[3], bottom)]
