"""Pages of a PDF that are pictures of text: found, and read where Tesseract is installed.

What is recognised goes the way of all lines of a PDF afterwards (`pdf_lines`, `pdf_blocks`), so
that headings, lists, running titles and hyphens are treated alike. No word is left out because it
was hard to read: a sentence without it would say something else.
"""

import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from indexer.parsers.canonical import NO_INK, Box
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import Page
from indexer.parsers.pdf_characters import Run, run_of
from indexer.parsers.pdf_furniture import PageLines
from indexer.parsers.pdf_lines import lines_of
from indexer.parsers.progress import tell
from indexer.parsers.tesseract import (
    LANGUAGES,
    RecognisedLine,
    RecognisedWord,
    RecognitionFailed,
    installed_languages,
    recognised_lines,
)

RESOLUTION = 300  # dots per inch
FINEST = 600  # for small pages with fine pictures
MOST_PIXELS = 30_000_000
# A page with fewer characters than this, and a picture over more of it than that, is a scan with a
# stamp or a page number.
FEW_CHARACTERS = 40
LARGE_PICTURE = 0.4
SMALL_PICTURE = 0.02
LEAST_CONFIDENCE = 45.0  # the median of a page; below, there was no text
FIRST_LOOK = ("eng", "ell")  # enough to tell which language it is
WORDS_THAT_TELL = 200  # characters
_ONE_SIZE = 0.5  # of the usual size of type, by which a line may differ and still have it
_WIDE_GAP = 1.2  # sizes between two words of a line, beyond which they are cells
_POINTS = 72.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """``sheets`` are all pages, those that are pictures with what was read in them;
    ``recognised`` and ``silent`` are the numbers of those that were read, and that were not;
    ``was_tried`` says whether anything was looked for."""

    sheets: Sequence[PageLines]
    recognised: frozenset[int] = frozenset()
    silent: Sequence[int] = ()
    was_tried: bool = False

    def why_silent(self) -> str:
        """Of a document that has no text at all."""
        if not self.silent:
            return "no text on any page"
        if self.was_tried:
            return f"unrecognised: no text found in the pictures of {len(self.silent)} pages"
        return f"scan: {len(self.silent)} pages are pictures without text"

    def marked(self, pages: Iterable[Page]) -> list[Page]:
        return [
            replace(page, is_recognised=True) if page.number in self.recognised else page
            for page in pages
        ]

    def warnings(self) -> list[str]:
        told = []
        if self.recognised:
            pages = listed(sorted(self.recognised))
            told.append(f"text recognised from pictures, may hold mistakes, on pages {pages}")
        if self.silent:
            told.append(f"pictures without text on pages {listed(self.silent)}")
        return told


def recognise(
    document: pypdfium2.PdfDocument, sheets: Sequence[PageLines], limits: Limits
) -> Recognition:
    """Reads the pages that are pictures, as far as ``limits`` allow."""
    places = [place for place, sheet in enumerate(sheets) if is_picture(document, place, sheet)]
    if not places or not installed_languages() or not limits.max_recognised_pages:
        return Recognition(sheets, silent=[place + 1 for place in places])
    reader = _Reader(document, sheets, limits)
    read = {place: found for place, found in reader.read(places) if found is not None}
    return Recognition(
        [read.get(place, sheet) for place, sheet in enumerate(sheets)],
        frozenset(place + 1 for place in read),
        [place + 1 for place in places if place not in read],
        was_tried=True,
    )


def is_picture(document: pypdfium2.PdfDocument, place: int, sheet: PageLines) -> bool:
    """Whether the page shows a picture and says (nearly) nothing."""
    said = sum(len(run.text) for line in sheet.lines for run in line.runs)
    if said >= FEW_CHARACTERS:
        return False
    share = max((picture.share for picture in _pictures(document, place)), default=0.0)
    return share >= (LARGE_PICTURE if said else SMALL_PICTURE)


def listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    return shown if len(numbers) <= 20 else f"{shown} and {len(numbers) - 20} more"


@dataclass(frozen=True, slots=True)
class _Picture:
    """``share`` of the page that it covers, and its resolution in dots per inch."""

    share: float
    resolution: float


def _pictures(document: pypdfium2.PdfDocument, place: int) -> list[_Picture]:
    try:
        page = document[place]
        width, height = page.get_size()
        found = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2)
        return [_picture(each, max(width * height, 1.0)) for each in found]
    except pypdfium2.PdfiumError:
        return []


def _picture(image: Any, area: float) -> _Picture:
    left, bottom, right, top = image.get_bounds()
    width, height = abs(right - left), abs(top - bottom)
    try:
        pixels = max(image.get_px_size())
    except pypdfium2.PdfiumError:
        pixels = 0
    return _Picture(width * height / area, pixels * _POINTS / max(width, height, 1.0))


@dataclass
class _Reader:
    document: pypdfium2.PdfDocument
    sheets: Sequence[PageLines]
    limits: Limits
    language: str = ""
    started: float = field(default_factory=monotonic)

    def read(self, places: Sequence[int]) -> Iterable[tuple[int, PageLines | None]]:
        """(place, what stands there) of the pages that there was time for."""
        wanted = places[: self.limits.max_recognised_pages]
        self.language = self._language_of_others()
        for done, place in enumerate(wanted):
            if monotonic() - self.started > self.limits.max_recognition_seconds_in_all:
                return
            tell(done, len(wanted))
            try:
                yield place, self._sheet(place)
            except (RecognitionFailed, pypdfium2.PdfiumError):
                yield place, None

    def _sheet(self, place: int) -> PageLines | None:
        picture, scale = _drawn(self.document, place)
        if not self.language:
            self.language = self._language_in(picture, scale)
        lines = self._lines(picture, scale, self.language)
        sure = [word.confidence for line in lines for word in line.words]
        if not sure or statistics.median(sure) < LEAST_CONFIDENCE:
            return None
        sheet = self.sheets[place]
        runs = list(_runs(lines, scale))
        return PageLines(lines_of(runs, sheet.width), sheet.width, sheet.height)

    def _lines(self, picture: bytes, scale: float, language: str) -> list[RecognisedLine]:
        seconds = self.limits.max_recognition_seconds
        return recognised_lines(picture, round(scale * _POINTS), language, seconds)

    def _language_of_others(self) -> str:
        """The language of the pages that have text, where there is enough of it."""
        texts = (line.text for sheet in self.sheets for line in sheet.lines)
        return _language(" ".join(texts))

    def _language_in(self, picture: bytes, scale: float) -> str:
        """The language of a picture, by a first look at it."""
        first = "+".join(name for name in FIRST_LOOK if name in installed_languages())
        first = first or sorted(installed_languages() - {"osd"})[0]
        lines = self._lines(picture, scale, first)
        text = " ".join(word.text for line in lines for word in line.words)
        return _language(text) or first


def _language(text: str) -> str:
    """Tesseract's name of the language of ``text``; "" where it does not tell, or is not there."""
    from knowledge.language import language_of

    if len(text) < WORDS_THAT_TELL:
        return ""
    name = LANGUAGES.get(language_of(text), "")
    return name if name in installed_languages() else ""


def _drawn(document: pypdfium2.PdfDocument, place: int) -> tuple[bytes, float]:
    """The page as a grey picture (PGM), and how many of its pixels make a point."""
    finest = max((each.resolution for each in _pictures(document, place)), default=0.0)
    scale = min(max(finest, RESOLUTION), FINEST) / _POINTS
    page = document[place]
    width, height = page.get_size()
    scale = min(scale, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    image = bitmap.to_pil().convert("L")
    header = f"P5 {image.width} {image.height} 255\n".encode()
    return header + image.tobytes(), scale


def _runs(lines: Sequence[RecognisedLine], scale: float) -> Iterable[Run]:
    """A run per cell, as high as its line; lines of about the usual height have one size."""
    usual = statistics.median(_height(line) for line in lines)
    for line in lines:
        height = _height(line)
        size = usual if abs(height - usual) <= _ONE_SIZE * usual else height
        if _is_sideways(line):
            yield _sideways_run(line, scale)
            continue
        for cell in _cells(line, _WIDE_GAP * size):
            yield _upright_run(cell, line.box, size, scale)


def _height(line: RecognisedLine) -> float:
    """That of its words: the box of a crooked line is much higher."""
    return statistics.median(word.box[3] - word.box[1] for word in line.words)


def _cells(line: RecognisedLine, gap: float) -> list[list[RecognisedWord]]:
    cells = [[line.words[0]]]
    for before, word in itertools.pairwise(line.words):
        if word.box[0] - before.box[2] > gap:
            cells.append([])
        cells[-1].append(word)
    return cells


def _upright_run(words: Sequence[RecognisedWord], line: Box, size: float, scale: float) -> Run:
    text, boxes = "", list[Box]()
    for word in words:
        if text:
            text, boxes = text + " ", [*boxes, NO_INK]
        left, _top, right, _bottom = word.box
        box = (left / scale, line[1] / scale, right / scale, line[3] / scale)
        text, boxes = text + word.text, boxes + _split(box, len(word.text))
    return _run(text, boxes, size / scale)


def _is_sideways(line: RecognisedLine) -> bool:
    """Whether the words stand on end, as on a page that was scanned the wrong way round."""
    longer = [word.box for word in line.words if len(word.text) > 2]
    on_end = [box for box in longer if box[3] - box[1] > 1.5 * (box[2] - box[0])]
    return len(on_end) > len(longer) / 2


def _sideways_run(line: RecognisedLine, scale: float) -> Run:
    """The line in one run; its letters have the boxes of their words."""
    text, boxes = "", list[Box]()
    for word in line.words:
        text += (" " if text else "") + word.text
        boxes += [NO_INK] * bool(boxes) + [_scaled(word, scale)] * len(word.text)
    run = _run(text, boxes, (line.box[2] - line.box[0]) / scale)
    run.is_sideways = True
    return run


def _scaled(word: RecognisedWord, scale: float) -> Box:
    left, top, right, bottom = word.box
    return left / scale, top / scale, right / scale, bottom / scale


def _split(box: Box, count: int) -> list[Box]:
    """The box of a word cut evenly among its letters."""
    left, top, right, bottom = box
    step = (right - left) / count
    return [(left + step * n, top, left + step * (n + 1), bottom) for n in range(count)]


def _run(text: str, boxes: Sequence[Box], size: float) -> Run:
    return run_of(text, np.array(boxes, np.float32), size)
