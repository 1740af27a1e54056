"""From runs to the lines of a page, in the order in which a reader reads them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.parsers.canonical import NO_INK, Box
from indexer.parsers.markers import is_marker
from indexer.parsers.pdf_characters import Run

CELL_BREAK = " | "
_FEWEST_COLUMN_LINES = 8


@dataclass(slots=True)
class Line:
    """Runs on one base line. ``is_row``: they stand apart like the cells of a table."""

    runs: list[Run] = field(default_factory=list)
    is_row: bool = False
    is_sideways: bool = False

    @property
    def left(self) -> float:
        return min(run.left for run in self.runs)

    @property
    def right(self) -> float:
        return max(run.right for run in self.runs)

    @property
    def top(self) -> float:
        return self._main.top

    @property
    def bottom(self) -> float:
        return self._main.bottom

    @property
    def size(self) -> float:
        return self._main.size

    @property
    def is_bold(self) -> bool:
        return all(run.is_bold for run in self._wordy())

    @property
    def is_italic(self) -> bool:
        return all(run.is_italic for run in self._wordy())

    @property
    def starts_small(self) -> bool:
        """The first run is set clearly smaller than the line: the sign of a footnote."""
        first = self.runs[0]
        return len(self.runs) > 1 and first.size < 0.8 * self.size

    @property
    def text_left(self) -> float:
        """Where the words begin, to the right of a marker."""
        first = "".join(self.runs[0].text)
        return self.runs[1].left if len(self.runs) > 1 and is_marker(first) else self.left

    def text(self) -> str:
        return self.content()[0]

    def content(self) -> tuple[str, list[Box]]:
        """The text with one box per character."""
        text, boxes = "", list[Box]()
        for place, run in enumerate(self.runs):
            between = self._between(place) if place else ""
            text += between + "".join(run.text)
            boxes += [NO_INK] * len(between) + run.boxes
        return text, boxes

    @property
    def _main(self) -> Run:
        return max(self.runs, key=lambda run: len(run.text))

    def _wordy(self) -> list[Run]:
        return [run for run in self.runs if any(map(str.isalpha, run.text))] or self.runs

    def _between(self, place: int) -> str:
        before, after = self.runs[place - 1], self.runs[place]
        gap = after.left - before.right
        if self.is_row and gap > self.size:
            return CELL_BREAK
        return " " if gap > 0.15 * self.size else ""


def lines_of(runs: Sequence[Run], width: float) -> list[Line]:
    """The lines of a page ``width`` wide, text set sideways last."""
    lines: list[Line] = []
    for run in runs:
        if lines and _is_beside(lines[-1], run):
            lines[-1].runs.append(run)
        else:
            lines.append(Line([run], is_sideways=run.is_sideways))
    upright = [line for line in lines if not line.is_sideways]
    gutter = _gutter(upright, width)
    if gutter is not None:
        upright = [half for line in upright for half in _split(line, gutter)]
    for line in upright:
        line.is_row = _is_row(line)
    ordered = (
        upright if gutter is None and _reads_down(upright) else _by_place(upright, gutter, width)
    )
    return ordered + [line for line in lines if line.is_sideways]


def _is_beside(line: Line, run: Run) -> bool:
    if run.is_sideways or line.is_sideways:
        return False
    last = line.runs[-1]
    overlap = min(last.bottom, run.bottom) - max(last.top, run.top)
    if overlap < 0.5 * min(last.bottom - last.top, run.bottom - run.top):
        overlap = min(line.bottom, run.bottom) - max(line.top, run.top)
        if overlap < 0.5 * min(line.bottom - line.top, run.bottom - run.top):
            return False
    return run.left > last.right - 0.6 * max(last.size, run.size)


def _is_row(line: Line) -> bool:
    runs = line.runs
    if is_marker("".join(runs[0].text)) or line.starts_small:
        runs = runs[1:]
    gaps = [after.left - before.right for before, after in itertools.pairwise(runs)]
    return any(gap > 1.6 * line.size for gap in gaps)


def _gutter(lines: Sequence[Line], width: float) -> float | None:
    """The empty strip between two columns that the page draws line by line across both."""
    split = [line for line in lines if _middle_gap(line, width)]
    if len(split) < max(_FEWEST_COLUMN_LINES, 0.5 * len(lines)):
        return None
    left = max(gap[0] for line in split if (gap := _middle_gap(line, width)))
    right = min(gap[1] for line in split if (gap := _middle_gap(line, width)))
    words = sum(len(run.text) for line in split for run in line.runs) / (2 * len(split))
    return (left + right) / 2 if right > left and words > 25 else None


def _middle_gap(line: Line, width: float) -> tuple[float, float] | None:
    for before, after in zip(line.runs, line.runs[1:], strict=False):
        if after.left - before.right > line.size and 0.3 < before.right / width < 0.7:
            return before.right, after.left
    return None


def _split(line: Line, gutter: float) -> list[Line]:
    if line.left >= gutter or line.right <= gutter:
        return [line]
    left = [run for run in line.runs if run.right <= gutter]
    right = [run for run in line.runs if run.left >= gutter]
    if len(left) + len(right) < len(line.runs):
        return [line]
    return [Line(left), Line(right)]


def _reads_down(lines: Sequence[Line]) -> bool:
    """Whether the drawing order is a reading order: it never climbs within a column."""
    climbs = sum(
        after.bottom < before.top and min(before.right, after.right) > max(before.left, after.left)
        for before, after in itertools.pairwise(lines)
    )
    return climbs <= max(1, len(lines) // 20)


def _by_place(lines: Sequence[Line], gutter: float | None, width: float) -> list[Line]:
    """Top to bottom; between lines that span the page, the left column before the right."""
    middle = gutter if gutter is not None else width / 2
    sides = [line for line in lines if line.right <= middle or line.left >= middle]
    has_columns = len(sides) > 0.7 * len(lines) and len(lines) > _FEWEST_COLUMN_LINES
    if not has_columns:
        return sorted(lines, key=lambda line: (round(line.top), line.left))
    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda line: line.top):
        if line.right <= middle or line.left >= middle:
            band.append(line)
            continue
        ordered += [*sorted(band, key=lambda one: (one.left >= middle, one.top)), line]
        band = []
    return ordered + sorted(band, key=lambda one: (one.left >= middle, one.top))
