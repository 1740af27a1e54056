"""Sentences that go on in the next column or on the next page, and the words cut there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.parsers.canonical import Edges
from indexer.parsers.flow import goes_on, is_open
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.parsed import BlockKind, NoteSign
from indexer.parsers.pdf_lines import Line

_FLOWING = (BlockKind.PARAGRAPH, BlockKind.ITEM)
_ROWS = (BlockKind.ROW, BlockKind.HEADER)
_TOKEN = re.compile(r"\S+\s*")


@dataclass(slots=True)
class Told:
    """A block of a page on its way into the canonical text, with its first and last line."""

    kind: BlockKind
    level: int
    text: str
    boxes: Edges
    first: Line
    last: Line
    notes: list[NoteSign] = field(default_factory=list)
    sign: str = ""
    continues: bool = False

    def take(self, other: "Told", hyphens: Hyphenation) -> None:
        """Goes on with the words of ``other``."""
        cut, between = hyphens.glue(self.text, other.text)
        start = len(self.text) - cut + len(between)
        self.text = self.text[: len(self.text) - cut] + between + other.text
        gap = np.zeros((len(between), 4), np.float32)
        self.boxes = np.concatenate([self.boxes[: len(self.boxes) - cut], gap, other.boxes])
        self.notes += [NoteSign(start + note.position, note.sign) for note in other.notes]
        self.last = other.last


class Flow:
    """Follows the text from block to block over the pages of a document.

    Two columns below the row that names them are cells: neither goes on in the other, and below
    the page break each goes on in its own.
    """

    def __init__(self, hyphens: Hyphenation) -> None:
        self._hyphens = hyphens
        self._before: Told | None = None
        self._left: Told | None = None  # the left cell, open when the right one began
        self._is_below_row = False
        self._column_top: float | None = None
        self._page: list[Told] = []

    def page(self, blocks: Sequence[Told]) -> list[Told]:
        """The blocks of the next page: those that go on in its next column are joined, and one
        that goes on from the page before is marked. A word cut at the end of a page stands whole
        on the first, and its footnotes move before the paragraph that goes on overleaf."""
        kept: list[Told] = []
        opens_page, self._column_top = True, None
        for block in blocks:
            if block.kind is BlockKind.FOOTNOTE:
                kept.append(block)
            elif opens_page or not self._goes_on_beside(block):
                if opens_page and self._goes_on_overleaf(block):
                    block.continues = True
                    self._mend(block)
                    self._move_footnotes()
                self._follow(block)
                kept.append(block)
                opens_page = False
        self._page = kept
        return kept

    def _move_footnotes(self) -> None:
        notes = [block for block in self._page if block.kind is BlockKind.FOOTNOTE]
        body = [block for block in self._page if block.kind is not BlockKind.FOOTNOTE]
        if self._page[-1:] == notes[-1:] and body and body[-1] is self._before:
            self._page[:] = [*body[:-1], *notes, body[-1]]

    def _follow(self, block: Told) -> None:
        if block.kind in _FLOWING:
            self._column_top = block.first.top if self._column_top is None else self._column_top
        else:
            self._column_top, self._is_below_row = None, block.kind in _ROWS
        self._before = block

    def _goes_on_beside(self, block: Told) -> bool:
        """Joins ``block`` to the one before, if it goes on with it in the next column."""
        before = self._before
        if before is None or block.first.bottom >= before.last.top:
            return False
        if self._is_beside_cell(block):
            self._left = before if is_open(before.text) else None
        elif self._flows_into(block):
            before.take(block, self._hyphens)
            return True
        self._column_top = None
        return False

    def _is_beside_cell(self, block: Told) -> bool:
        top = self._column_top
        return self._is_below_row and top is not None and abs(block.first.top - top) < 4

    def _goes_on_overleaf(self, block: Told) -> bool:
        left, self._left = self._left, None
        if left and _overlap(left.last, block.first) > 0 and goes_on(left.text, block.text):
            return False  # the right cell stands in between
        is_below = self._before is not None and _overlap(self._before.last, block.first) > 0
        return (is_below or not self._is_below_row) and self._flows_into(block)

    def _flows_into(self, block: Told) -> bool:
        before = self._before
        if before is None or block.kind is not BlockKind.PARAGRAPH or block.first.is_sideways:
            return False
        return before.kind in _FLOWING and goes_on(before.text, block.text)

    def _mend(self, block: Told) -> None:
        """Makes the word whole that is cut between the pages: on the first one, or, where a
        sentence ends with it, on the second."""
        before, token = self._before, _TOKEN.match(block.text)
        if before is None or token is None or token.end() == len(block.text):
            return
        cut, between = self._hyphens.glue(before.text, block.text)
        head = before.text.rpartition(" ")[2]
        if between or head == before.text:
            return
        rest = token.group().strip()
        if rest[-1] in ".;:!?":
            _move_on(before, block, head, cut)
        else:
            _move_back(before, block, token, cut)


def _move_back(before: Told, block: Told, token: re.Match[str], cut: int) -> None:
    """The rest of the word goes to the page before. Its place on this page goes to the character
    that follows, so that a highlight over both pages covers it."""
    rest, kept, length = token.group().strip(), len(before.text) - cut, token.end()
    before.text = before.text[:kept] + rest
    before.boxes = np.concatenate([before.boxes[:kept], _without_ink(len(rest))])
    boxes = block.boxes[length:].copy()
    if _is_beside(block.boxes[0], boxes[0]):
        boxes[0][0] = block.boxes[0][0]
    block.text, block.boxes = block.text[length:], boxes
    block.notes = [NoteSign(max(note.position - length, 0), note.sign) for note in block.notes]


def _move_on(before: Told, block: Told, head: str, cut: int) -> None:
    """The head of the word goes to this page; its place goes to the character before it."""
    kept = len(before.text) - len(head) - 1
    boxes = before.boxes[:kept].copy()
    if _is_beside(boxes[-1], before.boxes[-1]):
        boxes[-1][2] = before.boxes[-1][2]
    before.text, before.boxes = before.text[:kept], boxes
    before.notes = [NoteSign(min(note.position, kept), note.sign) for note in before.notes]
    head = head[: len(head) - cut]
    block.text = head + block.text
    block.boxes = np.concatenate([_without_ink(len(head)), block.boxes])
    block.notes = [NoteSign(note.position + len(head), note.sign) for note in block.notes]


def _without_ink(count: int) -> Edges:
    return np.zeros((count, 4), np.float32)


def _is_beside(left: Edges, right: Edges) -> bool:
    on_line = min(left[3], right[3]) > max(left[1], right[1])
    return bool(on_line and left[2] <= right[0] + 1 and left[2] > left[0])


def _overlap(one: Line, other: Line) -> float:
    return min(one.right, other.right) - max(one.left, other.left)
