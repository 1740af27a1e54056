"""Scans made by a test: pages of text drawn as pictures, so that no text is left in the PDF."""

import io
from collections.abc import Sequence

import pypdfium2
from PIL import Image

from tests.hub.paper import HEIGHT, WIDTH, pdf

RESOLUTION = 200


def picture(lines: Sequence[str], turned: int = 0) -> Image.Image:
    """A page with these lines of ASCII as a scanner would give it, ``turned`` by degrees."""
    document = pypdfium2.PdfDocument(pdf([lines], (WIDTH, HEIGHT)))
    drawn = document[0].render(scale=RESOLUTION / 72, grayscale=True, rotation=turned)
    image = drawn.to_pil().convert("L").copy()
    document.close()
    return image


def scan(pages: Sequence[Sequence[str]], turned: int = 0) -> bytes:
    """A PDF of pictures of these pages."""
    first, *others = (picture(lines, turned) for lines in pages)
    stream = io.BytesIO()
    first.save(stream, "PDF", resolution=RESOLUTION, save_all=True, append_images=others)
    return stream.getvalue()


def mixed(*documents: bytes) -> bytes:
    """The pages of several PDFs, one after the other."""
    whole = pypdfium2.PdfDocument.new()
    for content in documents:
        part = pypdfium2.PdfDocument(content)
        whole.import_pages(part)
        part.close()
    stream = io.BytesIO()
    whole.save(stream)
    whole.close()
    return stream.getvalue()
