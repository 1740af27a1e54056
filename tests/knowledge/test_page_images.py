"""Pictures of pages."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pypdfium2
import pytest
from PIL import Image

from knowledge.page_images import MAX_PIXELS, MAX_SIDE, PageImages, PageNotDrawn
from tests.hub.paper import pdf

SHA = "ab" * 32


@pytest.fixture
def images(tmp_path: Path) -> PageImages:
    return PageImages(tmp_path / "page-images")


def paper(folder: Path, size: tuple[int, int] = (420, 595), pages: int = 2) -> Path:
    file = folder / "paper.pdf"
    file.write_bytes(pdf([[f"Page {n} says this."] for n in range(pages)], size))
    return file


def test_a_page_has_the_width_that_is_asked_for(images: PageImages, tmp_path: Path) -> None:
    with Image.open(images.picture(paper(tmp_path), SHA, 1, 1800)) as picture:
        assert picture.format == "WEBP"
        assert picture.width in (1800, 1801)
        assert abs(picture.height - 1800 * 595 / 420) <= 1


def test_ink_stands_where_the_text_stands(images: PageImages, tmp_path: Path) -> None:
    with Image.open(images.picture(paper(tmp_path), SHA, 1, 900)) as picture:
        scale = 900 / 420
        dark = picture.convert("L").point(lambda value: 255 * (value < 128)).getbbox()
    assert dark is not None
    left, top, _right, bottom = (edge / scale for edge in dark)
    assert 38 < left < 43
    assert 48 < top < 54
    assert 60 <= bottom < 65


def test_a_second_reader_gets_the_kept_picture(images: PageImages, tmp_path: Path) -> None:
    original = paper(tmp_path)
    first = images.picture(original, SHA, 1, 900)
    original.unlink()
    assert images.picture(original, SHA, 1, 900) == first


@pytest.fixture
def opened_at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many documents PDFium had open each time it opened one."""
    open_now, counts = [0], []

    class Watched(pypdfium2.PdfDocument):
        def __init__(self, original: Path) -> None:
            open_now[0] += 1
            counts.append(open_now[0])
            sleep(0.01)
            super().__init__(original)

        def close(self) -> None:
            super().close()
            open_now[0] -= 1

    monkeypatch.setattr(pypdfium2, "PdfDocument", Watched)
    return counts


def test_many_readers_at_once_get_whole_pictures(
    images: PageImages, tmp_path: Path, opened_at_once: list[int]
) -> None:
    original = paper(tmp_path, pages=4)
    with ThreadPoolExecutor(8) as readers:
        files = list(
            readers.map(lambda n: images.picture(original, SHA, n % 4 + 1, 900), range(24))
        )
    assert set(opened_at_once) == {1}
    for file in set(files):
        with Image.open(file) as picture:
            picture.load()
    assert sorted(file.name for file in images.folder.glob("*/*/*")) == [
        f"{n}-900.webp" for n in range(1, 5)
    ]


@pytest.mark.parametrize("size", [(14_000, 14_000), (20, 14_000), (14_000, 20), (1_000, 8_000)])
def test_huge_pages_stay_small_pictures(
    images: PageImages, tmp_path: Path, size: tuple[int, int]
) -> None:
    with Image.open(images.picture(paper(tmp_path, size), SHA, 1, 1800)) as picture:
        assert picture.width * picture.height <= MAX_PIXELS * 1.01
        assert max(picture.size) <= MAX_SIDE + 1


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_is_not_there(images: PageImages, tmp_path: Path, number: int) -> None:
    with pytest.raises(PageNotDrawn):
        images.picture(paper(tmp_path), SHA, number, 900)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 nothing", b"PK\x03\x04", None])
def test_what_is_no_pdf_is_not_drawn(
    images: PageImages, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "paper.pdf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PageNotDrawn):
        images.picture(file, SHA, 1, 900)
    assert not list(images.folder.glob("*/*/*"))


def test_other_widths_are_refused(images: PageImages, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="901"):
        images.picture(paper(tmp_path), SHA, 1, 901)


@pytest.mark.parametrize("damage", [b"", b"RIFF", None])
def test_a_damaged_picture_is_drawn_again(
    images: PageImages, tmp_path: Path, damage: bytes | None
) -> None:
    kept = images.picture(paper(tmp_path), SHA, 1, 900)
    whole = kept.read_bytes()
    flipped = bytes([*whole[:-100], whole[-100] ^ 1, *whole[-99:]])
    kept.write_bytes(flipped if damage is None else damage)

    assert images.picture(paper(tmp_path), SHA, 1, 900).read_bytes() == whole


def test_half_drawn_pictures_of_the_dead_are_swept(images: PageImages, tmp_path: Path) -> None:
    kept = images.picture(paper(tmp_path), SHA, 1, 900)
    (kept.parent / ".drawing-half").write_bytes(b"RIFF")

    assert images.sweep() == 1
    assert list(kept.parent.iterdir()) == [kept]
