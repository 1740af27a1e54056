"""Canonical text: offsets, boxes and characters stay consistent whatever a file holds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parsers.canonical import NO_INK, Boxes, PageBuilder, clean, clean_with_boxes
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.parsed import BlockKind

wild_text = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aé e\u0301 \u00ad \ufb01\t\n\x00\u200b\u00a0-\u1100\u1161\u0323\uf0b7"),
    ),
    max_size=40,
)
blocks = st.lists(st.tuples(st.sampled_from(list(BlockKind)), wild_text), max_size=12)


def boxed(text: str) -> list[tuple[float, float, float, float]]:
    return [(float(place), 1.0, place + 1.0, 2.0) for place in range(len(text))]


@given(blocks)
def test_the_text_of_a_page_is_its_blocks_one_a_line(parts: list[tuple[BlockKind, str]]) -> None:
    builder = PageBuilder()
    for kind, text in parts:
        builder.add(kind, text)
    page = builder.page(1)
    lines = [page.text[block.start : block.end] for block in page.blocks]
    assert page.text == "".join(line + "\n" for line in lines)
    assert all(line and line == " ".join(line.split()) for line in lines)


@given(wild_text)
def test_canonical_text_is_composed_and_has_no_control_characters(text: str) -> None:
    line = clean(text)
    assert unicodedata.is_normalized("NFC", line)
    assert not [c for c in line if unicodedata.category(c)[0] == "C" and c not in "\u200c\u200d"]
    assert clean(line) == line


@given(blocks)
def test_every_character_has_one_box_and_space_has_none(
    parts: list[tuple[BlockKind, str]],
) -> None:
    builder = PageBuilder()
    for kind, text in parts:
        builder.add(kind, text, boxes=boxed(text))
    page = builder.page(1)
    assert len(page.boxes) == len(page.text)
    for character, box in zip(page.text, page.boxes, strict=True):
        assert (box == NO_INK) == (character in " \n")


def test_a_composed_character_gets_the_box_around_its_parts() -> None:
    text, boxes = clean_with_boxes("e\u0301x", [(0, 5, 4, 9), (1, 2, 3, 4), (5, 5, 9, 9)])
    assert (text, boxes.tolist()) == ("éx", [[0, 2, 4, 9], [5, 5, 9, 9]])


def test_a_ligature_is_written_out_and_nothing_else_is_changed() -> None:
    assert clean("classi\ufb01cation of m\u00b2 \u2026") == "classification of m\u00b2 \u2026"


def test_packed_boxes_behave_like_a_sequence() -> None:
    boxes = Boxes([(1, 2, 3, 4), (5, 6, 7, 8)])
    assert (len(boxes), boxes[-1], boxes[0:2]) == (2, (5, 6, 7, 8), [(1, 2, 3, 4), (5, 6, 7, 8)])
    with pytest.raises(IndexError):
        boxes[2]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["the infor-", "mation given"], "the information given"),
        (["a risk-", "based approach"], "a risk-based approach"),
        (["the decision-", "making process"], "the decision-making process"),
        (["AI-", "based goods"], "AI-based goods"),
        (["audio-", "and video files"], "audio- and video files"),
        (["A9-", "0188/2023"], "A9-0188/2023"),
        (["one line", "and another"], "one line and another"),
    ],
)
def test_words_cut_at_the_end_of_a_line_are_joined(lines: list[str], joined: str) -> None:
    hyphens = Hyphenation(["a risk-based duty", "the decision and the making of it"])
    assert hyphens.join(lines) == joined
