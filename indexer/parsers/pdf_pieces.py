"""A block of a PDF page in the making: its lines, and how they become one text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.parsers.canonical import Edges
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.parsed import BlockKind, NoteSign
from indexer.parsers.pdf_lines import CELL_BREAK, Line, Words

_SIGN = re.compile(r"\(?\s?(?P<sign>\d{1,3}|\*{1,3})\s?\)?")


@dataclass(slots=True)
class Piece:
    """A block in the making."""

    kind: BlockKind
    lines: list[Line] = field(default_factory=list)
    level: int = 0
    wants_title: bool = False
    signs: Collection[str] = ()
    cells: list[list[Line]] = field(default_factory=list)  # of a row, where one has several lines

    @property
    def sign(self) -> str:
        """What the text refers to this footnote by; "" for other blocks."""
        match = _SIGN.match(self.lines[0].text) if self.kind is BlockKind.FOOTNOTE else None
        return match.group("sign") if match else ""

    def words(self, hyphens: Hyphenation) -> Words:
        """The lines joined into one, or those of each cell."""
        if not self.cells:
            return joined([line.words(self.signs) for line in self.lines], hyphens)
        cells = [
            joined([line.words(self.signs) for line in lines], hyphens) for lines in self.cells
        ]
        return set_together(cells, [(0, CELL_BREAK)] * (len(cells) - 1))


def joined(lines: Sequence[Words], hyphens: Hyphenation) -> Words:
    """One text from wrapped lines, their cut words whole."""
    text, glue = "", list[tuple[int, str]]()
    for line in lines:
        if line is not lines[0]:
            glue.append(hyphens.glue(text, line.text))
            text = text[: len(text) - glue[-1][0]] + glue[-1][1]
        text += line.text
    return set_together(lines, glue)


def set_together(parts: Sequence[Words], glue: Sequence[tuple[int, str]]) -> Words:
    """The parts one after another; between two, ``glue`` says how many characters the first
    loses and what stands there instead."""
    texts: list[str] = []
    boxes: list[Edges] = []
    notes: list[NoteSign] = []
    length = 0
    for part, (cut, between) in zip(parts, [*glue, (0, "")], strict=True):
        kept = len(part.text) - cut
        texts += [part.text[:kept], between]
        boxes += [part.boxes[:kept], np.zeros((len(between), 4), np.float32)]
        notes += [NoteSign(length + min(note.position, kept), note.sign) for note in part.notes]
        length += kept + len(between)
    return Words("".join(texts), np.concatenate(boxes), tuple(notes))


def tell_signs_apart(pages: Sequence[Sequence[Piece]]) -> None:
    """Lets every block know the signs of the footnotes on its page and on the next two: a table
    may have them at its end."""
    signs = [{piece.sign for piece in pieces if piece.sign} for pieces in pages]
    for place, pieces in enumerate(pages):
        known = frozenset().union(*signs[place : place + 3])
        for piece in pieces:
            piece.signs = known if piece.kind is not BlockKind.FOOTNOTE else ()
