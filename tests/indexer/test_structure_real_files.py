"""Structure of the real texts of law: cells, footnotes, mended sentences, dates."""

import itertools
import re
from pathlib import Path

import pytest

from indexer.parsers import Page, ParsedDocument
from indexer.parsers.parsed import Block
from tests.indexer.test_parsers_real_files import read

AMENDMENTS = "pdf/ai-act-ep-amendments-2023.en.pdf"
HANDBOOK = "text/fra-coe-data-protection-handbook-2018.en.txt"
GUIDELINES = "md/draft-guidelines-high-risk"
LINKED = (  # (file, fewest footnotes, share of references whose footnote stands on the same page)
    ("text/gdpr-oj.en.txt", 21, 1.0),
    ("text/ai-act-oj.en.txt", 55, 1.0),
    ("text/dsa-oj.en.txt", 40, 1.0),
    (HANDBOOK, 950, 1.0),
    ("html/ai-act-oj.nl.html", 59, 1.0),
    ("pdf/ai-omnibus-pe-cons-30-26.nl.pdf", 23, 0.95),
    ("pdf/gdpr-council-position-5419-16.en.pdf", 20, 1.0),
    (AMENDMENTS, 45, 0.3),  # the footnotes of a cell stand at its end, often overleaf
)


@pytest.fixture(scope="session")
def corpus(shared_data: Path) -> Path:
    return shared_data / "corpus"


def blocks(document: ParsedDocument) -> list[tuple[str, int, str]]:
    return [
        (block.kind.value, block.level, page.text[block.start : block.end])
        for page in document.pages
        for block in page.blocks
    ]


@pytest.mark.parametrize(("path", "fewest", "share"), LINKED)
def test_references_lead_to_footnotes(corpus: Path, path: str, fewest: int, share: float) -> None:
    pages = read(corpus / path).pages
    footnotes = [block for page in pages for block in page.blocks if block.kind == "footnote"]
    led = [
        note.sign in {block.sign for block in page.blocks if block.sign}
        for page in pages
        for note in page.notes
    ]
    assert len(footnotes) >= fewest
    assert len(led) >= 0.8 * fewest
    assert sum(led) >= share * len(led)


def test_hardly_a_sign_is_left_in_the_sentences_of_the_handbook(corpus: Path) -> None:
    glued = re.compile(r"[^\W\d_]{3}[.,;]\d{1,3}(?=\s)")
    told = [text for kind, _, text in blocks(read(corpus / HANDBOOK)) if kind == "paragraph"]
    assert sum(len(glued.findall(text)) for text in told) <= 5


def test_cells_of_the_amendments_are_whole_and_apart(corpus: Path) -> None:
    told = blocks(read(corpus / AMENDMENTS))
    named = [text for kind, _, text in told if kind == "header"]
    assert named.count("Text proposed by the Commission | Amendment") > 700
    place = next(i for i, (_, _, text) in enumerate(told) if text.startswith("Amendment 44 "))
    kinds = [kind for kind, _, _ in told[place : place + 4]]
    assert kinds[:2] == ["heading", "header"]
    assert not any("____" in text for _, _, text in told)


def test_no_sentence_of_the_amendments_goes_on_in_the_wrong_cell(corpus: Path) -> None:
    pages = read(corpus / AMENDMENTS).pages
    sides = [
        [
            ink(page, page.blocks[0])[0][0] > page.width / 2,
            ink(before, before.blocks[-1])[-1][0] > before.width / 2,
        ]
        for before, page in itertools.pairwise(pages)
        if page.blocks[0].continues
    ]
    assert len(sides) > 80
    assert all(here == there for here, there in sides)
    # The left cell of page 3 goes on at the top of page 4; before it stands the right one.
    assert pages[3].text.startswith("operators that develop or use AI systems.")
    assert not pages[3].blocks[0].continues


def ink(page: Page, block: Block) -> list[tuple[float, float, float, float]]:
    return [box for box in page.boxes[block.start : block.end] if box != (0, 0, 0, 0)]


def test_what_an_amendment_changes_stands_below_its_number(corpus: Path) -> None:
    path: list[tuple[int, str]] = []
    for kind, level, text in blocks(read(corpus / AMENDMENTS)):
        if kind == "heading":
            path = [one for one in path if one[0] < level] + [(level, text)]
        if "untargeted scraping of facial images" in text and kind != "heading":
            assert any(re.match(r"Amendment \d+\b", heading) for _, heading in path)
    levels = {level for kind, level, text in blocks(read(corpus / AMENDMENTS))
              if kind == "heading" and re.match(r"Article \d+ – ", text)}  # fmt: skip
    assert levels == {5}


def test_sentences_that_footnotes_interrupt_are_whole(corpus: Path) -> None:
    told = blocks(read(corpus / GUIDELINES / "2.3-complex-systems.md"))
    whole = [text for kind, _, text in told if kind == "item" and text.startswith("(76)")]
    assert "feed outputs that materially influence the examination" in whole[0]
    assert [kind for kind, _, text in told if text.startswith("Para. 216")] == ["footnote"]


def test_headings_broken_in_two_are_whole(corpus: Path) -> None:
    told = blocks(read(corpus / GUIDELINES / "3.2-critical-infrastructure.md"))
    headings = [text for kind, _, text in told if kind == "heading"]
    assert any(text.endswith("the Critical Entities Resilience Directive") for text in headings)
    assert not any(text == "Resilience Directive" for _, _, text in told)


@pytest.mark.parametrize(
    ("path", "date", "status"),
    [
        ("pdf/gdpr-council-position-5419-16.en.pdf", "2016-04-06", None),
        ("pdf/ai-act-ep-resolution-2024.en.pdf", "2024-03-13", None),
        (AMENDMENTS, "2023-06-14", None),
        ("pdf/ai-omnibus-pe-cons-30-26.nl.pdf", "2026-06-18", None),
        ("html/ai-act-consolidated-20240712.nl.html", "2024-07-12", None),
        ("text/gdpr-oj.en.txt", "2016-04-27", None),
        ("text/dsa-oj.en.txt", "2022-10-19", None),
        ("text/belgium-data-protection-act-2018.fr.txt", "2018-07-30", None),
        ("seed/popai-about.en.txt", None, None),
        (f"{GUIDELINES}/2.4-intended-to-be-used.md", None, "draft"),
    ],
)
def test_dates_and_status_are_those_that_the_files_state(
    corpus: Path, path: str, date: str | None, status: str | None
) -> None:
    document = read(corpus / path)
    assert (document.date, document.status) == (date, status)
