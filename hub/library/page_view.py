"""A page of the original with its quotes marked: the values for macros/viewer.html."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.library.links import ZOOMS, Address
from hub.library.marks import Mark, Part, marked
from hub.library.notes import note_links
from knowledge.models import PageRow
from knowledge.page_images import WIDTHS
from knowledge.reading import Opened, highlights_on

PDF = "application/pdf"
PADDING = 1.0  # points around a highlight, so that it does not cut the letters


@dataclass(frozen=True, slots=True)
class Box:
    """A highlight in points from the page's top left corner."""

    x: float
    y: float
    width: float
    height: float
    number: int


@dataclass(frozen=True, slots=True)
class PageView:
    """What macros/viewer.html shows, under the names that it asks for."""

    title: str
    number: int
    count: int
    printed: str | None
    is_pdf: bool
    image_url: str | None
    image_widths: tuple[tuple[str, int], ...]
    width: float
    height: float
    boxes: tuple[Box, ...]
    text: tuple[Part, ...]
    language: str
    url: str
    kept: tuple[tuple[str, object], ...]
    previous_url: str | None
    next_url: str | None
    zoom: str
    zoom_urls: dict[str, str]
    begins_on: str | None
    goes_on: str | None
    misses_quote: bool
    is_recognised: bool


def page_view(opened: Opened, row: PageRow, address: Address, zoom: str) -> PageView:
    version, number, is_pdf = opened.version, row.number, opened.version.media_type == PDF
    before = address.page(number - 1, zoom) if number > 1 else None
    after = address.page(number + 1, zoom) if number < version.page_count else None
    here = [mark for mark in address.marks if _touches(mark, row)]
    return PageView(
        title=opened.document.title,
        number=number,
        count=version.page_count,
        printed=row.label,
        is_pdf=is_pdf,
        image_url=address.picture(number, WIDTHS[0]) if is_pdf else None,
        image_widths=tuple((address.picture(number, width), width) for width in WIDTHS),
        width=row.width,
        height=row.height,
        boxes=tuple(box for mark in here for box in _boxes(row, mark)),
        text=tuple(marked(row.text, row.start, here, note_links(row, "viewer-", _here))),
        language=opened.document.language,
        url=address.document(),
        kept=_kept(address),
        previous_url=before,
        next_url=after,
        zoom=zoom,
        zoom_urls={zoom: address.page(number, zoom) for zoom in ZOOMS} if is_pdf else {},
        begins_on=before if any(mark.start < row.start for mark in here) else None,
        goes_on=after if any(mark.end > _end(row) for mark in here) else None,
        misses_quote=bool(address.marks) and not here,
        is_recognised=row.is_recognised,
    )


def _here(_position: int, name: str) -> str:
    return f"#{name}"


def _touches(mark: Mark, row: PageRow) -> bool:
    return mark.start < _end(row) and mark.end > row.start


def _end(row: PageRow) -> int:
    return row.start + len(row.text)


def _boxes(row: PageRow, mark: Mark) -> Iterator[Box]:
    for line in highlights_on(row, mark.start, mark.end):
        yield Box(
            x=round(line.left - PADDING, 1),
            y=round(line.top - PADDING, 1),
            width=round(line.right - line.left + 2 * PADDING, 1),
            height=round(line.bottom - line.top + 2 * PADDING, 1),
            number=mark.number,
        )


def _kept(address: Address) -> tuple[tuple[str, object], ...]:
    """The fields that a form must carry to stay in this version with these quotes."""
    pairs = []
    for name, value in address.query().items():
        pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return tuple(pairs)
