"""Columns, cells, tables, footnotes and cut words of PDFs written here."""

import pytest

from indexer.parsers import Page, ParsedDocument
from tests.indexer.test_parsers_pdf import Text, paragraph, pdf_file, read, shown


def texts(document: ParsedDocument) -> list[tuple[str, str]]:
    return [block for page in document.pages for block in shown(page)]


def column(left: float, top: float, *lines: str) -> list[Text]:
    return [(left, top - 13 * row, 10, line) for row, line in enumerate(lines)]


def inked(page: Page, words: str) -> list[bool]:
    start = page.text.index(words)
    return [box != (0, 0, 0, 0) for box in page.boxes[start : start + len(words)]]


def raised(before: str, sign: str, after: str) -> list[Text]:
    """A line with a small raised sign right behind ``before``."""
    page = read(pdf_file([(70, 700, 11, before)])).pages[0]
    right = max(box[2] for box in page.boxes)
    return [(70, 700, 11, before), (right, 704, 6, sign), (right + 3.4, 700, 11, after)]


CELLS = [
    (70, 760, 11, "Head left"),
    (330, 760, 11, "Head right"),
]


def test_a_cell_left_open_is_never_joined_to_the_cell_beside_it() -> None:
    left = column(70, 740, "The Commission proposes that providers", "keep their records for the")
    right = column(330, 740, "deleted")
    blocks = texts(read(pdf_file([*CELLS, *left, *right], bold="Head")))
    assert blocks[0] == ("header", "Head left | Head right")
    assert [text for _, text in blocks[1:]] == [
        "The Commission proposes that providers keep their records for the",
        "deleted",
    ]


def test_overleaf_the_left_cell_does_not_go_on_with_the_right_one() -> None:
    left = column(70, 740, "The Commission proposes that providers", "keep their records for the")
    right = column(330, 740, "Parliament proposes that the providers", "keep no record in the")
    over = column(70, 760, "whole time in which", "they are used.")
    over += column(330, 760, "time of a trial, as long", "as it lasts.")
    document = read(pdf_file([*CELLS, *left, *right], over, bold="Head"))
    assert [block.continues for block in document.pages[1].blocks] == [False, False]


def test_a_sentence_goes_on_at_the_top_of_the_next_column_as_one_block() -> None:
    lines = [f"words of the left column in line {row}" for row in range(12)]
    texts_of_page = column(60, 700, *lines[:-1], "the left column ends in the mid-")
    texts_of_page += column(330, 700, "dle of a word and goes on here.", *lines)
    page = read(pdf_file([*texts_of_page])).pages[0]
    assert "ends in the middle of a word and goes on here." in page.text
    assert len(page.boxes) == len(page.text)


def test_a_word_cut_overleaf_stands_whole_on_the_first_page_and_marks_both_halves() -> None:
    first = [*paragraph(700), *column(70, 655, "and the assessment of the proce-")]
    document = read(pdf_file(first, [(70, 700, 11, "dure that follows from it."), *paragraph(650)]))
    before, after = document.pages
    assert before.text.endswith("of the procedure\n")
    assert after.text.startswith("that follows from it.")
    assert after.blocks[0].continues
    assert inked(before, "procedure") == [True] * 5 + [False] * 4
    assert after.boxes[0][0] == pytest.approx(70, abs=2)  # from where "dure" begins


def test_a_cut_word_that_ends_its_sentence_stands_whole_on_the_second_page() -> None:
    first = [*paragraph(700), *column(70, 655, "and the assessment of the proce-")]
    document = read(pdf_file(first, [(70, 700, 11, "dure. It follows."), *paragraph(650)]))
    before, after = document.pages
    assert before.text.endswith("and the assessment of the\n")
    assert after.text.startswith("procedure. It follows.")
    assert inked(after, "procedure") == [False] * 5 + [True] * 4
    assert before.boxes[-2][2] > before.boxes[-3][2] + 25  # to the end of "proce-"


def test_the_paragraph_that_goes_on_overleaf_comes_after_the_footnotes() -> None:
    first = [*paragraph(700), (70, 600, 11, "This sentence is open and"), (70, 90, 8, "1 A note.")]
    document = read(pdf_file(first, [(70, 700, 11, "goes on here."), *paragraph(650)]))
    kinds = [kind for kind, _ in shown(document.pages[0])]
    assert kinds[-2:] == ["footnote", "paragraph"]
    assert document.pages[1].blocks[0].continues


def test_the_sign_of_a_footnote_is_no_part_of_the_words() -> None:
    body = raised("of each use of the Union", "7", ", and of each decision.")
    document = read(pdf_file([*body, *paragraph(650), (70, 90, 8, "7 OJ L 119, 4.5.2016.")]))
    page = document.pages[0]
    assert page.text.startswith("of each use of the Union, and of each decision.\n")
    (note,) = page.notes
    assert (note.sign, note.position) == ("7", len("of each use of the Union"))
    assert [block.sign for block in page.blocks if block.kind == "footnote"] == ["7"]


def test_a_power_and_a_number_without_footnote_stay_in_the_text() -> None:
    note = (70, 90, 8, "2 A note.")
    area = raised("An area of 12 m", "2", " and more of it.")
    assert (
        read(pdf_file([*area, *paragraph(650), note])).pages[0].text.startswith("An area of 12 m2")
    )
    other = raised("of the Union", "3", " and more of it.")
    page = read(pdf_file([*other, *paragraph(650), note])).pages[0]
    assert (page.text.startswith("of the Union3 and"), page.notes) == (True, [])


def test_a_table_has_its_caption_its_header_and_whole_rows() -> None:
    rows = [
        (70, 620, 10, "Bold name"), (250, 620, 10, "Bold 2021"), (400, 620, 10, "Bold 2022"),
        (70, 600, 10, "Records kept"), (250, 600, 10, "12"), (400, 600, 10, "14"),
        (70, 586, 10, "Decisions of courts and"),
        (70, 572, 10, "authorities"), (250, 572, 10, "5"), (400, 572, 10, "9"),
    ]  # fmt: skip
    caption = (70, 640, 10, "Table 3: Use of records")
    page = read(pdf_file([*paragraph(700), caption, *rows], bold="Bold")).pages[0]
    assert shown(page)[1:] == [
        ("caption", "Table 3: Use of records"),
        ("header", "Bold name | Bold 2021 | Bold 2022"),
        ("row", "Records kept | 12 | 14"),
        ("row", "Decisions of courts and authorities | 5 | 9"),
    ]


def test_a_line_of_contents_keeps_its_places() -> None:
    page = read(pdf_file([(70, 700, 11, "1. Scope ............ 12"), *paragraph(650)])).pages[0]
    assert shown(page)[0] == ("row", "1. Scope | 12")
    assert inked(page, "Scope | 12") == [True] * 5 + [False] * 3 + [True] * 2


def test_what_is_drawn_twice_is_read_once() -> None:
    page = read(pdf_file([(70, 700, 11, "Standards"), (70, 700, 11, "Standards and rules")])).pages[
        0
    ]
    assert page.text == "Standards and rules\n"
