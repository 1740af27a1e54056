"""Pages that are pictures: found, read where Tesseract is installed, and marked as read so."""

import io
import itertools
import os
import stat
from pathlib import Path

import pytest

from indexer.parsers import Limits, ParsedDocument, UnreadableFile, parse, tesseract
from indexer.parsers.progress import listening
from indexer.problems import problem_of
from tests.hub.paper import pdf
from tests.scans import mixed, picture, scan

LINES = [
    "Article 1",
    "The authority keeps a register of every camera in public places.",
    "It is open to all citizens of the town, without a fee.",
]
GERMAN = [
    "Die Behörde führt ein Verzeichnis aller Kameras an öffentlichen Orten.".replace(
        "ö", "oe"
    ).replace("ü", "ue"),
    "Jeder darf dieses Verzeichnis kostenlos einsehen und eine Abschrift verlangen.",
    "Die Polizei muss jede Verwendung der Aufnahmen schriftlich begruenden und melden.",
]
PRINTED = ["This page has its own text, which nobody needs to recognise at all."]

pytestmark = pytest.mark.usefixtures("tesseract")


def read(content: bytes, limits: Limits | None = None) -> ParsedDocument:
    return parse(io.BytesIO(content), "a.pdf", limits)[1]


def refused(content: bytes, limits: Limits | None = None) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(content, limits)
    return caught.value


def test_a_scan_gives_its_words_with_their_places() -> None:
    page = read(scan([LINES])).pages[0]

    assert page.is_recognised
    assert "The authority keeps a register of every camera in public places." in page.text
    assert len(page.boxes) == len(page.text)
    start = page.text.index("register")
    boxes = page.boxes[start : start + len("register")]
    # On paper the line stands 76 points below the edge, in 12 point type.
    assert all(60 < box[1] < 82 and 70 < box[3] < 90 for box in boxes)
    assert all(one[2] <= other[0] + 0.01 for one, other in itertools.pairwise(boxes))
    assert 150 < boxes[0][0] < boxes[-1][2] < 230


def test_only_the_silent_pages_are_recognised() -> None:
    document = read(mixed(pdf([PRINTED]), scan([LINES]), pdf([PRINTED])))

    assert [page.is_recognised for page in document.pages] == [False, True, False]
    assert "register" in document.pages[1].text
    assert document.warnings == ("text recognised from pictures, may hold mistakes, on pages 2",)


def test_a_page_number_on_a_scan_does_not_make_it_a_text() -> None:
    """A stamp over the picture of a page: what counts is the picture."""
    import pypdfium2

    document = pypdfium2.PdfDocument(scan([LINES]))
    stamp = pypdfium2.PdfDocument(pdf([["17"]]))
    page = document[0]
    page.insert_obj(stamp.page_as_xobject(0, document).as_pageobject())
    page.gen_content()
    stream = io.BytesIO()
    document.save(stream)
    document.close()

    found = read(stream.getvalue()).pages[0]
    assert found.is_recognised
    assert "register" in found.text


def test_the_language_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.parsers import ocr

    asked = []
    real = ocr.recognised_lines

    def listening_in(picture, resolution, language, seconds):  # type: ignore[no-untyped-def]
        asked.append(language)
        return real(picture, resolution, language, seconds)

    monkeypatch.setattr(ocr, "recognised_lines", listening_in)
    read(scan([GERMAN, GERMAN]))
    assert asked == ["eng+ell", "deu", "deu"]
    asked.clear()
    words = [f"The authority keeps a register of every camera, and rule {n} too." for n in range(9)]
    read(mixed(pdf([words]), scan([LINES])))
    assert asked == ["eng"]


def test_a_page_that_lies_on_its_side_is_read() -> None:
    page = read(scan([LINES], turned=90)).pages[0]
    assert page.is_recognised
    assert "open to all citizens of the town" in page.text
    assert len(page.boxes) == len(page.text)


def test_progress_is_told_and_the_pages_are_bounded() -> None:
    told = []
    with listening(lambda done, total: told.append((done, total))):
        document = read(scan([LINES] * 3), Limits(max_recognised_pages=2))

    assert told == [(0, 2), (1, 2)]
    assert [page.is_recognised for page in document.pages] == [True, True, False]
    assert "pictures without text on pages 3" in document.warnings


def test_time_is_bounded() -> None:
    document = mixed(pdf([PRINTED]), scan([LINES]))
    for limits in (Limits(max_recognition_seconds_in_all=-1), Limits(max_recognition_seconds=0)):
        found = read(document, limits)
        assert not any(page.is_recognised for page in found.pages)
        assert "pictures without text on pages 2" in found.warnings


def test_a_picture_of_nothing_says_so() -> None:
    error = refused(scan([["", ""]]))
    assert problem_of(error, "a.pdf") == (
        "holds pictures, and text recognition found no text in them"
    )


def test_without_tesseract_a_scan_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for cached in (tesseract.installed_languages, tesseract._tied):
        cached.cache_clear()
    try:
        error = refused(scan([LINES]))
    finally:
        tesseract.installed_languages.cache_clear()
        tesseract._tied.cache_clear()
    assert "text recognition is needed (install Tesseract)" in problem_of(error, "a.pdf")


@pytest.mark.parametrize("does", ["exit 3", "echo nonsense", "sleep 30"])
def test_a_tesseract_that_fails_leaves_the_page_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    fake = tmp_path / "tesseract"
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = --list-langs ] && {{ echo List; echo eng; exit; }}\n{does}\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    tesseract.installed_languages.cache_clear()
    try:
        document = read(mixed(pdf([PRINTED]), scan([LINES])), Limits(max_recognition_seconds=1))
    finally:
        tesseract.installed_languages.cache_clear()
    assert not document.pages[1].is_recognised
    assert "pictures without text on pages 2" in document.warnings


def test_pictures_among_text_are_left_alone() -> None:
    assert picture(LINES).size[0] > 1000
    document = read(pdf([PRINTED]))
    assert (document.warnings, document.pages[0].is_recognised) == ((), False)
