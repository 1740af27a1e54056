"""Pictures of pages, rendered from the stored PDF once and kept on disk."""

import hashlib
import io
import math
import os
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from knowledge.disk import DiskFull, beside, is_disk_full, sweep

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

WIDTHS = (900, 1800)
MEDIA_TYPE = "image/webp"
MAX_PIXELS = 12_000_000
MAX_SIDE = 16_000  # WebP ends at 16,383
LARGE = 600_000
DRAWING = ".drawing-"
SEAL = 32  # bytes of SHA-256 behind a picture's own end, which no reader of pictures looks at
# PDFium is not safe to call from two threads, not even for two documents.
_PDFIUM = Lock()


class PageNotDrawn(Exception):
    """There is no such page, or its file cannot be drawn."""


class PageImages:
    """A folder of pictures, named by the content of the file: they never go out of date."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def picture(self, original: Path, sha256: str, number: int, width: int) -> Path:
        """The WebP picture of page ``number`` (from 1) of a PDF, ``width`` pixels wide.

        Narrower only where the page is so long that the picture would pass MAX_PIXELS. Written
        beside and renamed, so a picture is there as a whole or not at all; one that has been
        damaged since is drawn again.

        Raises:
            ValueError: the width is not one of WIDTHS.
            PageNotDrawn: no such page, or a damaged file.
            DiskFull: there is no room to keep the picture.
        """
        if width not in WIDTHS:
            raise ValueError(f"a page is drawn {WIDTHS} pixels wide, not {width}")
        kept = self.folder / sha256[:2] / sha256 / f"{number}-{width}.webp"
        if not _is_whole(kept):
            with _PDFIUM:
                image = None if _is_whole(kept) else _draw(original, number, width)
            if image is not None:
                _keep(kept, _encoded(image))
        return kept

    def sweep(self) -> int:
        """Deletes what processes that were killed left half-drawn; says how many files."""
        return sweep(self.folder, DRAWING)


def _draw(original: Path, number: int, width: int) -> "Image":
    import pypdfium2

    try:
        with (
            closing(pypdfium2.PdfDocument(original)) as document,
            closing(document[number - 1]) as page,
        ):
            return _drawn_page(page, width)
    except (pypdfium2.PdfiumError, OSError, MemoryError, ValueError) as error:
        raise PageNotDrawn(str(error)) from error


def _drawn_page(page: "PdfPage", width: int) -> "Image":
    page_width, page_height = page.get_size()
    with closing(page.render(scale=_scale(page_width, page_height, width))) as bitmap:
        drawn: Image = bitmap.to_pil().convert("RGB")
    return drawn


def _scale(page_width: float, page_height: float, width: int) -> float:
    """Pixels per point: ``width`` pixels across, unless that makes too many pixels altogether."""
    if page_width <= 0 or page_height <= 0:
        raise ValueError("the page has no size")
    return min(
        width / page_width,
        MAX_SIDE / page_height,
        math.sqrt(MAX_PIXELS / (page_width * page_height)),
    )


def _encoded(image: "Image") -> bytes:
    """Lossless, which suits text and is small for it; scans and photographs are not kept exact."""
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True, method=2, quality=30)
    if out.tell() > LARGE:
        out = io.BytesIO()
        image.save(out, "WEBP", method=2, quality=80)
    return out.getvalue()


def _is_whole(kept: Path) -> bool:
    try:
        content = kept.read_bytes()
    except FileNotFoundError:
        return False
    return hashlib.sha256(content[:-SEAL]).digest() == content[-SEAL:]


def _keep(kept: Path, content: bytes) -> None:
    try:
        with beside(kept.parent, DRAWING) as (out, path):
            out.write(content + hashlib.sha256(content).digest())
            out.flush()
            os.replace(path, kept)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
