"""From runs to the lines of a page, in the order in which a reader reads them."""

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from indexer.parsers.canonical import Edges
from indexer.parsers.markers import is_marker
from indexer.parsers.parsed import NoteSign
from indexer.parsers.pdf_characters import Run

CELL_BREAK = " | "
_FEWEST_COLUMN_LINES = 8
_SIGN = re.compile(r"\(?(?P<sign>\d{1,3}|\*{1,3})\)?")
_CLINGS = re.compile(r"[.,;:)\]]")
_TAKES_POWER = re.compile(r"(?:\b10|\b(?:k|c|m)?m|\bCO|\bR)\s?$")


class Line:
    """Runs on one base line. ``is_row``: they stand apart like the cells of a table."""

    def __init__(self, runs: Sequence[Run], is_row: bool = False) -> None:
        self.runs = tuple(runs)
        self.is_row = is_row
        self.is_sideways = runs[0].is_sideways
        main = max(runs, key=lambda run: len(run.text))
        self.top, self.bottom, self.size = main.top, main.bottom, main.size
        self.left = min(run.left for run in runs)
        self.right = max(run.right for run in runs)
        wordy = [run for run in runs if any(map(str.isalpha, run.text))] or runs
        self.is_bold = all(run.is_bold for run in wordy)
        self.is_italic = all(run.is_italic for run in wordy)

    @property
    def starts_small(self) -> bool:
        """The first run is set clearly smaller than the line: the sign of a footnote."""
        return len(self.runs) > 1 and self.runs[0].size < 0.8 * self.size

    @property
    def starts_note(self) -> bool:
        """Whether it begins with a raised number and goes on with words."""
        return self.starts_small and bool(self._sign(0)) and len(self.text) > 12

    @property
    def is_rule(self) -> bool:
        """Strokes that part footnotes from the text."""
        return not self.text.strip("_\u2013\u2014- |") and "__" in self.text

    @property
    def text_left(self) -> float:
        """Where the words begin, to the right of a marker."""
        has_marker = len(self.runs) > 1 and is_marker(self.runs[0].text)
        return self.runs[1].left if has_marker else self.left

    @cached_property
    def text(self) -> str:
        """Its words, without white space around them, as they are printed."""
        return self.words().text

    @cached_property
    def signs(self) -> frozenset[str]:
        """What looks like a reference to a footnote: small raised numbers and stars."""
        return frozenset(sign for place in range(len(self.runs)) if (sign := self._sign(place)))

    def words(self, signs: Collection[str] = ()) -> "Words":
        """The text with the box of each character; of its signs, ``signs`` are told apart."""
        signs = self.signs.intersection(signs)
        return self._parted(signs) if signs else self._printed

    @cached_property
    def _printed(self) -> "Words":
        return self._parted(frozenset())

    def _parted(self, signs: Collection[str]) -> "Words":
        parts: list[str] = []
        boxes: list[Edges] = []
        notes: list[NoteSign] = []
        length, space = 0, ""
        for place, run in enumerate(self.runs):
            space = space or (self._between(place) if place else "")
            sign = self._sign(place)
            if sign in signs:
                notes.append(NoteSign(length, sign))
                space = space or run.text[len(run.text.rstrip()) :]
                continue
            space = "" if notes and _CLINGS.match(run.text) else space
            parts += [space, run.text]
            boxes += [np.zeros((len(space), 4), np.float32), run.boxes]
            length, space = length + len(space) + len(run.text), ""
        return _stripped("".join(parts), boxes, notes)

    def _sign(self, place: int) -> str:
        run = self.runs[place]
        match = _SIGN.fullmatch(run.text.strip()) if run.size < 0.8 * self.size else None
        if match is None or run.bottom > self.bottom or len(self.runs) == 1:
            return ""
        is_power = place and _TAKES_POWER.search(self.runs[place - 1].text)
        return "" if is_power else match.group("sign")

    @cached_property
    def cells(self) -> list["Line"]:
        """The cells of a row, each as a line; the line itself, where it is no row."""
        if not self.is_row:
            return [self]
        starts = [place for place in range(1, len(self.runs)) if self._between(place) == CELL_BREAK]
        edges = [0, *starts, len(self.runs)]
        return [Line(self.runs[start:end]) for start, end in itertools.pairwise(edges)]

    def as_words(self) -> "Line":
        """The same line, read as words and not as cells."""
        return Line(self.runs)

    def _between(self, place: int) -> str:
        before, after = self.runs[place - 1], self.runs[place]
        gap = after.left - before.right
        if self.is_row and gap > self.size:
            return CELL_BREAK
        return " " if gap > 0.15 * self.size else ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with the box of each character, and where it refers to footnotes."""

    text: str
    boxes: Edges
    notes: tuple[NoteSign, ...] = ()


def _stripped(text: str, boxes: Sequence[Edges], notes: Sequence[NoteSign]) -> Words:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    placed = tuple(NoteSign(min(max(n.position, start), end) - start, n.sign) for n in notes)
    edges = np.concatenate(boxes) if boxes else np.zeros((0, 4), np.float32)
    return Words(text.strip(), edges[start:end] if end > start else edges[:0], placed)


def lines_of(runs: Sequence[Run], width: float) -> list[Line]:
    """The lines of a page ``width`` wide, text set sideways last."""
    groups: list[list[Run]] = []
    for run in runs:
        if groups and _is_beside(groups[-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    upright = [Line(group, _is_row(group)) for group in groups if not group[0].is_sideways]
    upright = _without_shadows(upright)
    gutter = _gutter(upright, width)
    if gutter is not None:
        upright = [half for line in upright for half in _split(line, gutter)]
    ordered = (
        upright if gutter is None and _reads_down(upright) else _by_place(upright, gutter, width)
    )
    return ordered + [Line(group) for group in groups if group[0].is_sideways]


def _without_shadows(lines: list[Line]) -> list[Line]:
    """Without lines that are drawn a second time in the same place, whole or in part."""
    kept: list[Line] = []
    for place, line in enumerate(lines):
        near = lines[max(place - 3, 0) : place] + lines[place + 1 : place + 4]
        if not any(_shadows(line, other, other in kept) for other in near):
            kept.append(line)
    return kept


def _shadows(line: Line, other: Line, is_kept: bool) -> bool:
    at = abs(line.left - other.left) < 1 and abs(line.top - other.top) < 1
    if not at or not other.text.startswith(line.text):
        return False
    return len(other.text) > len(line.text) or is_kept


def _is_beside(group: Sequence[Run], run: Run) -> bool:
    if run.is_sideways or group[0].is_sideways:
        return False
    last = group[-1]
    if not _overlap(last, run) and not _overlap(max(group, key=lambda one: len(one.text)), run):
        return False
    return run.left > last.right - 0.6 * max(last.size, run.size)


def _overlap(one: Run, other: Run) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared >= 0.5 * min(one.bottom - one.top, other.bottom - other.top)


def _is_row(runs: Sequence[Run]) -> bool:
    size = max(runs, key=lambda run: len(run.text)).size
    if is_marker(runs[0].text) or (len(runs) > 1 and runs[0].size < 0.8 * size):
        runs = runs[1:]
    return any(after.left - before.right > 1.6 * size for before, after in itertools.pairwise(runs))


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
    return [Line(left, _is_row(left)), Line(right, _is_row(right))]


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
