"""Running headers and footers of a PDF, and the page numbers printed in them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.parsers.pdf_lines import Line

_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"(?<![\d.,-])\d{1,4}(?![\d.,-])")
_LONE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|pagina|p\.)\s*)?(?:\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:/|of|von|de|sur|van)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_EDGE = 0.1
_HEIGHT_STEP = 6.0


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of one page with the page's size."""

    lines: Sequence[Line]
    width: float
    height: float

    def edge_lines(self) -> list[Line]:
        """Lines near the upper or the lower edge."""
        top, bottom = _EDGE * self.height, (1 - _EDGE) * self.height
        highest = min((line.top for line in self.lines), default=0.0)
        lowest = max((line.bottom for line in self.lines), default=0.0)
        return [
            line
            for line in self.lines
            if line.bottom < top
            or line.top > bottom
            or ((line.top <= highest or line.bottom >= lowest) and _is_lone_number(line))
        ]


@dataclass(frozen=True, slots=True)
class Furniture:
    """Per page: the lines that are no text, and the number printed on the page."""

    lines: Sequence[set[int]]
    labels: Sequence[str | None]


def furniture_of(pages: Sequence[PageLines]) -> Furniture:
    """What repeats at the same height from page to page, or counts with the pages."""
    edges = [page.edge_lines() for page in pages]
    offset = _offset(edges)
    same = Counter(key for lines in edges for key in {_key(line, exact=True) for line in lines})
    alike = Counter(key for lines in edges for key in {_key(line, exact=False) for line in lines})
    enough = max(3, 0.15 * len(pages))
    found: list[set[int]] = []
    labels: list[str | None] = []
    for number, lines in enumerate(edges, start=1):
        printed = number + offset if offset is not None else None
        label_lines = [line for line in lines if _shows(line, printed)]
        drop = {
            id(line)
            for line in lines
            if same[_key(line, exact=True)] >= enough
            or (alike[_key(line, exact=False)] >= enough and _shows(line, printed))
            or (_shows(line, printed) and (_is_lone_number(line) or _is_outermost(line, lines)))
        }
        found.append(drop)
        labels.append(str(printed) if label_lines and printed is not None else None)
    if not _leaves_text(pages, found):
        found = [set() for _ in pages]
    return Furniture(found, labels)


def _leaves_text(pages: Sequence[PageLines], dropped: Sequence[set[int]]) -> bool:
    """A document of nothing but repeated lines (labels, forms) has no furniture."""
    before = sum(bool(page.lines) for page in pages)
    after = sum(len(page.lines) > len(drop) for page, drop in zip(pages, dropped, strict=True))
    return after >= 0.5 * before


def _is_lone_number(line: Line) -> bool:
    return bool(_LONE_NUMBER.fullmatch(line.text))


def _is_outermost(line: Line, lines: Sequence[Line]) -> bool:
    """The page number at one end of the first or last line: the title beside it may vary."""
    words = line.text.split()
    ends = words and (words[0].isdecimal() or words[-1].isdecimal())
    tops = [other.top for other in lines]
    return bool(ends) and line.is_row and line.top in (min(tops), max(tops))


def _key(line: Line, exact: bool) -> tuple[str, int]:
    words = " ".join(line.text.split())
    return words if exact else _NUMBER.sub("#", words), round(line.top / _HEIGHT_STEP)


def _shows(line: Line, printed: int | None) -> bool:
    """ "Amendment 225" too differs between pages in its number alone, but does not count pages."""
    return printed is not None and printed in _numbers([line])


def _numbers(lines: Iterable[Line]) -> set[int]:
    return {int(found) for line in lines for found in _PAGE_NUMBER.findall(line.text)}


def _offset(edges: Sequence[Sequence[Line]]) -> int | None:
    """Printed number minus place in the file, where most of the numbered pages agree on it."""
    votes: Counter[int] = Counter()
    numbered = 0
    for place, lines in enumerate(edges, start=1):
        numbers = _numbers(lines)
        numbered += bool(numbers)
        votes.update(number - place for number in numbers)
    if not votes:
        return None
    offset, count = votes.most_common(1)[0]
    return offset if count >= max(2, 0.6 * numbered) and count >= 0.3 * len(edges) else None
