"""Pieces of a document: whole sentences under their headings, as offsets."""

import io
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.chunking import Piece, canonical_text, embedded_text, passage_text, split
from indexer.clauses import LONGEST, clauses
from indexer.parsers import ParsedDocument, parse
from indexer.parsers.parsed import Block, BlockKind, Page
from indexer.windows import LONGEST_WINDOW

H, P, F = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.FOOTNOTE
FILLER = "The controller shall keep records of every use and show them when it is asked to. "


def document(*pages: list[tuple], title: str | None = "A title") -> ParsedDocument:
    """Pages of (kind, text, level, continues) as a parser returns them."""
    return ParsedDocument([_page(n, blocks) for n, blocks in enumerate(pages, 1)], True, title)


def _page(number: int, described: list[tuple]) -> Page:
    text, blocks = "", []
    for kind, words, *more in described:
        level, continues = [*more, 0, False][:2] if len(more) < 2 else more
        blocks.append(Block(len(text), len(text) + len(words), kind, level, continues))
        text += words + "\n"
    return Page(number, None, text, blocks)


def texts(parsed: ParsedDocument, pieces: list[Piece]) -> list[str]:
    return [passage_text(canonical_text(parsed), piece.sentences) for piece in pieces]


def test_a_piece_carries_the_path_of_its_headings() -> None:
    parsed = document(
        [(H, "CHAPTER I", 1), (H, "Article 1", 2), (P, "First. " + FILLER * 3), (H, "Article 2", 2),
         (P, "Second. " + FILLER * 3), (H, "CHAPTER II", 1), (P, "Third. " + FILLER * 3)]
    )  # fmt: skip

    assert [piece.section for piece in split(parsed, "en")] == [
        ("CHAPTER I", "Article 1"),
        ("CHAPTER I", "Article 2"),
        ("CHAPTER II",),
    ]


def test_the_title_is_no_heading_of_its_own_document() -> None:
    parsed = document([(H, "The  ACT", 1), (H, "Scope", 2), (P, FILLER)], title="The Act")

    [piece] = split(parsed, "en")

    assert piece.section == ("Scope",)
    assert embedded_text("The Act", piece.section, "text") == "The Act › Scope\ntext"


def test_a_long_title_is_known_again_in_its_heading() -> None:
    title = "Regulation on the protection of persons " * 8
    parsed = document([(H, title.strip(), 1), (H, "Scope", 2), (P, FILLER)], title=title)

    assert [piece.section for piece in split(parsed, "en")] == [("Scope",)]


def test_windows_hold_whole_sentences_of_one_section_with_overlap() -> None:
    parsed = document([(H, "Scope", 1), (P, "".join(f"Number {n}. " + FILLER for n in range(40)))])
    text = canonical_text(parsed)

    pieces = split(parsed, "en")

    assert len(pieces) > 3
    for piece, following in pairwise(pieces):
        assert following.sentences[0] in piece.sentences
        assert len(passage_text(text, piece.sentences)) <= LONGEST_WINDOW + 150
        assert text[piece.start : piece.end].endswith(("to.", "."))
    assert {s for p in pieces for s in p.sentences} >= {pieces[0].sentences[0]}


def test_a_point_far_down_a_list_stands_with_its_lead_in() -> None:
    points = [(BlockKind.ITEM, f"({letter}) {FILLER * 6}") for letter in "abcd"]
    parsed = document([(H, "Article 5", 1), (P, "1. The following is prohibited:"), *points])

    found = texts(parsed, split(parsed, "en"))

    assert len(found) > 2
    assert all(words.startswith("1. The following is prohibited:") for words in found)


def test_a_sentence_over_two_pages_is_one() -> None:
    parsed = document([(P, "It begins here")], [(P, "and ends there.", 0, True)])

    [piece] = split(parsed, "en")

    assert [tuple(span) for span in piece.sentences] == [(0, 30)]
    assert texts(parsed, [piece]) == ["It begins here and ends there."]


def test_a_footnote_is_a_passage_of_its_own_and_never_inside_a_sentence() -> None:
    parsed = document(
        [(H, "Scope", 1), (P, "It begins here"), (F, "1 See the other Act.")],
        [(P, "and ends there.", 0, True)],
    )

    pieces = split(parsed, "en")

    assert ("1 See the other Act.", ("Scope",)) in [
        (words, piece.section) for words, piece in zip(texts(parsed, pieces), pieces, strict=True)
    ]
    quoted = [canonical_text(parsed)[a:b] for p in pieces for a, b in p.sentences]
    assert not any("See" in words and "begins" in words for words in quoted)


def test_an_endless_sentence_is_cut_at_its_marks() -> None:
    text = "the first part of it, with a comma, and a condition; " * 40

    spans = clauses(text, 0, len(text.rstrip()))

    assert all(end - start <= LONGEST for start, end in spans)
    assert all(text[start:end].endswith(";") for start, end in spans)
    assert sum(len(text[a:b].split()) for a, b in spans) == len(text.split())


@pytest.mark.parametrize("text", ["x" * 2000, "a " * 1000, "," * 1500])
def test_text_without_marks_is_cut_all_the_same(text: str) -> None:
    spans = clauses(text, 0, len(text))

    assert all(0 < end - start <= LONGEST for start, end in spans)
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")


def test_a_tiny_section_joins_its_child_and_nobody_else() -> None:
    parsed = document(
        [(H, "Chapter", 1), (P, "A short word before."), (H, "Child", 2), (P, "The child."),
         (H, "Sibling", 2), (P, FILLER * 3)]
    )  # fmt: skip

    pieces = split(parsed, "en")

    assert [piece.section for piece in pieces] == [("Chapter",), ("Chapter", "Sibling")]
    assert texts(parsed, pieces)[0] == "A short word before. The child."


def test_a_document_of_headings_only_can_be_found() -> None:
    parsed = document([(H, "Only a title", 1), (H, "And another", 2)])

    assert texts(parsed, split(parsed, "en")) == ["Only a title", "And another"]


@pytest.mark.parametrize("name", ["text/ai-act-oj.en.txt", "derived/led.en.md"])
def test_real_acts_lose_no_sentence(shared_data: Path, name: str) -> None:
    file = shared_data / "corpus" / name
    _, parsed = parse(io.BytesIO(file.read_bytes()), file.name)
    text = canonical_text(parsed)

    pieces = split(parsed, "en")

    covered = {i for p in pieces for a, b in p.sentences for i in range(a, b)}
    body = [
        start + i
        for page, start in _starts(parsed)
        for block in page.blocks
        if block.kind is not H
        for i in range(block.start, block.end)
    ]
    assert [i for i in body if i not in covered and not text[i].isspace()] == []
    for piece in pieces:
        assert piece.start == piece.sentences[0][0]
        assert piece.end == piece.sentences[-1][1]
        assert list(piece.sentences) == sorted(piece.sentences)
        assert all(0 < end - start <= LONGEST for start, end in piece.sentences)


def _starts(parsed: ParsedDocument) -> list[tuple[Page, int]]:
    starts, at = [], 0
    for page in parsed.pages:
        starts.append((page, at))
        at += len(page.text)
    return starts


def test_the_prohibited_practices_stand_under_article_5(shared_data: Path) -> None:
    file = shared_data / "corpus" / "text" / "ai-act-oj.en.txt"
    _, parsed = parse(io.BytesIO(file.read_bytes()), file.name)
    pieces = split(parsed, "en")

    places = {
        piece.section: words
        for piece, words in zip(pieces, texts(parsed, pieces), strict=True)
        if "targeted search for specific victims" in words and "abduction" in words
    }

    [(section, words)] = [(s, w) for s, w in places.items() if "Article 5" in s[-1]]
    assert section[0].startswith("CHAPTER II")
    assert words.startswith("1. The following AI practices shall be prohibited:")
    assert "(h) the use of" in words
