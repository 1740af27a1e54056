"""PDFs written here, so that every place on the page is known."""

import io

import pypdfium2
import pytest

from indexer.parsers import Limits, Page, ParsedDocument, UnreadableFile, parse

Text = tuple[float, float, float, str]  # left, base line from below, size, words
SENTENCE = "The controller shall carry out an assessment of the impact of the operations"


def pdf_file(*pages: list[Text], bold: str = "") -> bytes:
    """A PDF of A4 pages; texts that begin with ``bold`` are set in a bold face."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    fonts = b"<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    fonts += b"/F2<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>>>"
    kids = []
    for texts in pages:
        stream = "".join(
            f"BT /F{2 if bold and words.startswith(bold) else 1} {size} Tf {x} {y} Td "
            f"({words}) Tj ET\n"
            for x, y, size, words in texts
        ).encode("latin-1")
        kids.append(b"%d 0 R" % (len(objects) + 2))
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font %s>>>>" % (len(objects), fonts)
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    body = b"%PDF-1.4\n"
    for number, content in enumerate(objects, start=1):
        body += b"%d 0 obj%s endobj\n" % (number, content)
    return body + b"trailer<</Root 1 0 R>>"


def read(content: bytes) -> ParsedDocument:
    return parse(io.BytesIO(content), "a.pdf")[1]


def shown(page: Page) -> list[tuple[str, str]]:
    return [(block.kind.value, page.text[block.start : block.end]) for block in page.blocks]


def paragraph(top: float, left: float = 70, lines: int = 3, size: float = 11) -> list[Text]:
    return [(left, top - 14 * row, size, f"{SENTENCE} {row}") for row in range(lines)]


def turned(content: bytes, rotation: int = 0, crop: tuple[int, ...] = ()) -> bytes:
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    page.set_rotation(rotation)
    if crop:
        page.set_cropbox(*crop)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_lines_join_and_gaps_part() -> None:
    page = read(pdf_file([*paragraph(700), *paragraph(630)])).pages[0]
    whole = " ".join(f"{SENTENCE} {row}" for row in range(3))
    assert shown(page) == [("paragraph", whole)] * 2


def test_boxes_stand_where_the_ink_is_counted_from_the_top() -> None:
    page = read(pdf_file([(100, 700, 20, "Box")])).pages[0]
    left, top, right, bottom = page.boxes[0]
    assert (page.width, page.height) == (595, 842)
    assert left == pytest.approx(100, abs=3)
    assert top < 142 < bottom < 152
    assert top > 118
    assert page.boxes[2][2] > right > left
    assert page.boxes[3] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rotation", "place"), [(90, (700, 100)), (180, (495, 700)), (270, (142, 495))]
)
def test_turned_pages_are_measured_as_they_are_seen(
    rotation: int, place: tuple[float, float]
) -> None:
    page = read(turned(pdf_file([(100, 700, 20, "Box")]), rotation)).pages[0]
    upright = rotation == 180
    assert (page.width, page.height) == ((595, 842) if upright else (842, 595))
    box = page.boxes[0]
    assert box[0] - 25 < place[0] < box[2] + 25
    assert box[1] - 25 < place[1] < box[3] + 25


def test_a_page_turned_so_that_its_text_reads_upright_is_read_in_lines() -> None:
    words = "".join(
        f"BT /F1 11 Tf 0 1 -1 0 {100 + 14 * row} 70 Tm ({SENTENCE} {row}) Tj ET\n"
        for row in range(3)
    )
    plain = pdf_file([(0, 0, 1, "x" * (len(words) - 31))])
    start = plain.index(b"BT")
    content = plain[:start] + words.encode() + plain[plain.index(b"endstream") - 1 :]
    page = read(turned(content, 90)).pages[0]
    assert shown(page) == [("paragraph", " ".join(f"{SENTENCE} {row}" for row in range(3)))]


def test_a_cropped_page_is_measured_from_its_visible_corner() -> None:
    content = turned(pdf_file([(100, 700, 20, "Box")]), crop=(50, 100, 550, 800))
    page = read(content).pages[0]
    assert (page.width, page.height) == (500, 700)
    assert page.boxes[0][0] == pytest.approx(50, abs=3)
    assert page.boxes[0][1] < 100 < page.boxes[0][3]


def test_running_lines_go_and_leave_the_printed_number() -> None:
    pages = [
        [(70, 810, 9, "Council of the Union"), *paragraph(700), (290, 30, 9, f"5419/16 {number}")]
        for number in range(11, 17)
    ]
    document = read(pdf_file(*pages))
    assert [page.label for page in document.pages] == ["11", "12", "13", "14", "15", "16"]
    assert all(len(page.blocks) == 1 for page in document.pages)
    assert not any("Council" in page.text or "5419" in page.text for page in document.pages)


def test_headings_that_count_at_the_top_of_pages_are_no_running_lines() -> None:
    pages = [[(70, 800, 11, f"Amendment {7 * number}"), *paragraph(700)] for number in range(1, 7)]
    document = read(pdf_file(*pages))
    assert [shown(page)[0] for page in document.pages] == [
        ("heading", f"Amendment {7 * number}") for number in range(1, 7)
    ]
    assert not any(page.label for page in document.pages)


def test_headings_by_size_by_weight_and_by_wording() -> None:
    texts = [(70, 760, 18, "Policing"), (70, 730, 11, "Bold words"), *paragraph(700, lines=5)]
    texts += [(280, 600, 11, "Article 35"), (250, 580, 11, "Bold assessment"), *paragraph(550)]
    page = read(pdf_file(texts, bold="Bold")).pages[0]
    headings = [
        (block.level, page.text[block.start : block.end])
        for block in page.blocks
        if block.kind == "heading"
    ]
    assert headings == [(1, "Policing"), (5, "Bold words"), (4, "Article 35 Bold assessment")]


def test_a_lone_marker_joins_the_line_beside_it() -> None:
    texts = [*paragraph(700), (70, 640, 11, "\\(a\\)"), (100, 640, 11, "the first point;")]
    assert shown(read(pdf_file(texts)).pages[0])[1] == ("item", "(a) the first point;")


def test_columns_are_read_one_after_the_other_even_if_drawn_across() -> None:
    words = "words of this column in line"
    texts: list[Text] = []
    for row in range(12):
        texts.append((60, 700 - 14 * row, 10, f"left {words} {row}"))
        texts.append((330, 700 - 14 * row, 10, f"right {words} {row}"))
    text = read(pdf_file(texts)).pages[0].text
    assert text.index("left words of this column in line 11") < text.index("right words")


def test_footnotes_come_last_as_their_own_blocks() -> None:
    texts = [*paragraph(700), (70, 90, 8, "1 OJ L 119, 4.5.2016, p. 1."), (70, 78, 8, "2 Ibid.")]
    assert shown(read(pdf_file(texts)).pages[0])[1:] == [
        ("footnote", "1 OJ L 119, 4.5.2016, p. 1."),
        ("footnote", "2 Ibid."),
    ]


def test_cells_side_by_side_are_one_row() -> None:
    texts = [*paragraph(700), (70, 600, 11, "Partner"), (300, 600, 11, "Country")]
    assert shown(read(pdf_file(texts)).pages[0])[1] == ("row", "Partner | Country")


def test_a_sentence_goes_on_overleaf() -> None:
    second = [(70, 700, 11, "and goes on here."), *paragraph(650)]
    document = read(pdf_file([*paragraph(700)[:2], (70, 672, 11, "which is open")], second))
    assert [page.blocks[0].continues for page in document.pages] == [False, True]


def test_a_pdf_without_text_says_so() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(pdf_file([], []))
    assert (caught.value.cause, caught.value.detail) == ("no_text", "no text on any page")


def test_too_many_pages_are_refused() -> None:
    content = pdf_file([(70, 700, 11, "a")], [(70, 700, 11, "b")])
    with pytest.raises(UnreadableFile, match="too_large"):
        parse(io.BytesIO(content), "a.pdf", Limits(max_pages=1))
