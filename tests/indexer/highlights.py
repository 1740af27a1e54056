"""What stands under the highlights of a quote, read again from the file by PDFium alone.

Nothing here uses the parser's own characters or places: the file is opened anew, and a character
counts as highlighted where the middle of its ink, as PDFium draws the page, lies in a rectangle.
"""

import ctypes
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from hub.library.page_view import PADDING
from indexer.chunking import Span, canonical_text, split
from indexer.parsers import ParsedDocument
from knowledge.boxes import Rectangle, highlight, pack, unpack

DEVICE = 50  # device units per point: PDFium maps a page to whole units
LONGEST_STRETCH = 4
TURNS = ("pages", "columns", "hyphens")
OF_EACH_FILE = 8
OF_EACH_TURN = 70
HYPHENS = frozenset("-\u00ad\u2010\u2011\u0002\ufffe")


@dataclass(frozen=True, slots=True)
class Ink:
    """A character as the page shows it; ``x`` and ``y`` are the middle of its ink."""

    character: str
    x: float
    y: float


@dataclass(frozen=True)
class Quote:
    """A stretch of a document's canonical text. ``crosses`` says over what it goes."""

    path: Path
    start: int
    end: int
    text: str
    rectangles: tuple[tuple[int, Rectangle], ...]
    crosses: frozenset[str]

    @cached_property
    def found(self) -> str:
        """The characters under the rectangles, in their order."""
        return "".join(_under(self.path, page, box) for page, box in self.rectangles)

    @property
    def page(self) -> int | None:
        return self.rectangles[0][0] if self.rectangles else None

    @property
    def is_exact(self) -> bool:
        return plain(self.text) == plain(self.found)


def plain(text: str) -> str:
    """``text`` without white space, hyphens, bullets of symbol fonts and breaks between cells."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if not character.isspace()
        and character not in HYPHENS
        and unicodedata.category(character) not in ("Cc", "Co", "Cf")
        and character not in "\u2022|"
    )


def sample_of(documents: Mapping[Path, ParsedDocument], random: Random) -> list[Quote]:
    """Some quotes of every file, and of all files together some that turn a page, a column and a
    hyphen."""
    stored = {path: _Stored(path, document) for path, document in documents.items()}
    pools: dict[str, list[tuple[Path, Span]]] = {kind: [] for kind in TURNS}
    chosen: dict[tuple[Path, Span], None] = {}
    for path, document in documents.items():
        spans = sorted(spans_of(document))
        chosen |= dict.fromkeys((path, span) for span in random.sample(spans, OF_EACH_FILE))
        for span in spans:
            for kind in stored[path].turns_in(*span):
                pools[kind].append((path, span))
    for pool in pools.values():
        chosen |= dict.fromkeys(random.sample(pool, OF_EACH_TURN))
    return [stored[path].quote(*span) for path, span in chosen]


def spans_of(document: ParsedDocument) -> set[Span]:
    """Sentences, and stretches of two to four that follow one another."""
    spans: set[Span] = set()
    for piece in split(document, "en"):
        sentences = piece.sentences
        for first in range(len(sentences)):
            for last in range(first, min(first + LONGEST_STRETCH, len(sentences))):
                if last > first and sentences[last][0] - sentences[last - 1][1] > 2:
                    break
                spans.add((sentences[first][0], sentences[last][1]))
    return spans


class _Stored:
    """The canonical text with its boxes, as the product stores them and marks quotes in them."""

    def __init__(self, path: Path, document: ParsedDocument) -> None:
        self._path, self._text = path, canonical_text(document)
        self._boxes = [unpack(pack(page.boxes)) for page in document.pages]
        self._signs = [{note.position for note in page.notes} for page in document.pages]
        lengths = [len(page.text) for page in document.pages]
        self._starts = list(accumulate(lengths, initial=0))
        self._turns = {kind: np.array(sorted(self._turning(kind))) for kind in TURNS}

    def quote(self, start: int, end: int) -> Quote:
        rectangles = [
            (place + 1, box)
            for place in range(bisect_right(self._starts, start) - 1, len(self._boxes))
            if self._starts[place] < end
            for box in highlight(
                self._boxes[place],
                start - self._starts[place],
                end - self._starts[place],
                self._signs[place],
            )
        ]
        crosses = self.turns_in(start, end) | ({"lines"} if len(rectangles) > 1 else set())
        text = self._text[start:end]
        return Quote(self._path, start, end, text, tuple(rectangles), frozenset(crosses))

    def turns_in(self, start: int, end: int) -> set[str]:
        """Over what the stretch goes, of TURNS."""
        return {kind for kind, at in self._turns.items() if ((start < at) & (at < end)).any()}

    def _turning(self, kind: str) -> Iterator[int]:
        if kind == "pages":
            yield from self._starts[1:-1]
            return
        for start, boxes in zip(self._starts, self._boxes, strict=False):
            inked = np.flatnonzero(boxes[:, 2] > boxes[:, 0])
            before, after = boxes[inked[:-1]], boxes[inked[1:]]
            if kind == "columns":
                turns = after[:, 3] < before[:, 1]
            else:  # a word goes on in the next line
                turns = (after[:, 0] < before[:, 0]) & (np.diff(inked) == 1)
            yield from (start + inked[1:][turns]).tolist()


def _under(path: Path, page: int, box: Rectangle) -> str:
    return "".join(
        ink.character
        for ink in ink_of(path, page)
        if box.left - PADDING <= ink.x <= box.right + PADDING
        and box.top - PADDING <= ink.y <= box.bottom + PADDING
    )


@lru_cache(maxsize=64)
def ink_of(path: Path, page: int) -> Sequence[Ink]:
    """The characters of a page that leave ink, in the order in which PDFium lists them."""
    with (
        closing(pypdfium2.PdfDocument(path)) as document,
        closing(document[page - 1]) as opened,
        closing(opened.get_textpage()) as text,
    ):
        width, height = (round(DEVICE * side) for side in opened.get_size())
        return tuple(_ink(opened.raw, text.raw, width, height))


def _ink(page: Any, text: Any, width: int, height: int) -> Iterator[Ink]:
    edges = [ctypes.c_double() for _ in range(4)]
    x, y = ctypes.c_int(), ctypes.c_int()
    for index in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if not pdfium.FPDFText_GetCharBox(text, index, *edges) or not 0x20 < code < 0x110000:
            continue
        left, right, bottom, top = (edge.value for edge in edges)
        if left == right:
            continue
        middle = (left + right) / 2, (bottom + top) / 2
        pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, *middle, x, y)
        yield Ink(chr(code), x.value / DEVICE, y.value / DEVICE)
