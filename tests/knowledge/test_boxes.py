"""Boxes of characters: small in the database, one rectangle a line on the page."""

import math

import numpy as np
import pytest

from knowledge.boxes import Box, Rectangle, highlight, pack, unpack

SPACE = (0.0, 0.0, 0.0, 0.0)


def line_of(text: str, left: float, top: float) -> list[Box]:
    """Characters of 5 by 10 points side by side; a space has no ink."""
    return [
        SPACE if c == " " else (left + 5 * i, top, left + 5 * i + 5, top + 10)
        for i, c in enumerate(text)
    ]


def test_boxes_come_back_to_a_tenth_of_a_point() -> None:
    boxes = [(72.04, 100.06, 80.0, 112.5), SPACE, (6553.5, 0.0, 12.34, 1.0)]

    again = unpack(pack(boxes))

    assert again.shape == (3, 4)
    assert np.abs(again - np.array(boxes)).max() <= 0.0501


@pytest.mark.parametrize("odd", [math.nan, -5.0, math.inf, 1e9, -math.inf])
def test_impossible_values_are_kept_within_the_page(odd: float) -> None:
    again = unpack(pack([(odd, 1.0, 2.0, 3.0)]))

    assert 0 <= again[0][0] <= 6553.5
    assert again[0][1:].tolist() == [1.0, 2.0, 3.0]


def test_without_boxes_there_is_nothing_to_keep() -> None:
    assert pack([]) is None
    assert unpack(None).shape == (0, 4)


def test_a_page_of_text_takes_less_than_three_bytes_a_character() -> None:
    page = [box for row in range(50) for box in line_of("a word and another " * 4, 72, row * 14)]

    packed = pack(page)

    assert packed is not None
    assert len(packed) < 3 * len(page)


def test_a_stretch_over_two_lines_gives_two_rectangles() -> None:
    boxes = unpack(pack([*line_of("first line", 50, 100), SPACE, *line_of("second", 50, 114)]))

    assert highlight(boxes, 6, 17) == [
        Rectangle(80.0, 100.0, 100.0, 110.0),
        Rectangle(50.0, 114.0, 80.0, 124.0),
    ]


def test_the_next_column_is_a_rectangle_of_its_own() -> None:
    boxes = unpack(pack(line_of("left", 50, 700) + line_of("right", 300, 100)))

    assert [r.left for r in highlight(boxes, 0, 9)] == [50.0, 300.0]


def test_a_small_raised_number_stays_in_its_line() -> None:
    raised = [(70.0, 98.0, 73.0, 104.0)]
    boxes = unpack(pack(line_of("word", 50, 100) + raised + line_of("on", 74, 100)))

    assert len(highlight(boxes, 0, 7)) == 1


def test_a_stretch_outside_of_the_page_gives_nothing() -> None:
    boxes = unpack(pack(line_of("word", 50, 100)))

    assert highlight(boxes, 10, 20) == []
    assert highlight(boxes, -5, 0) == []


def test_a_jump_back_to_the_left_at_the_same_height_begins_a_new_rectangle() -> None:
    boxes = unpack(pack(line_of("right", 300, 100) + line_of("left", 50, 100)))

    assert [(r.left, r.right) for r in highlight(boxes, 0, 9)] == [(300.0, 325.0), (50.0, 70.0)]


def test_what_the_text_leaves_out_is_not_covered() -> None:
    boxes = unpack(pack([*line_of("word", 50, 100), SPACE, *line_of("on", 78, 100)]))

    assert len(highlight(boxes, 0, 7)) == 1
    assert [(r.left, r.right) for r in highlight(boxes, 0, 7, {4})] == [(50.0, 70.0), (78.0, 88.0)]
    assert len(highlight(boxes, 0, 4, {4})) == 1


def test_the_cells_of_a_row_have_rectangles_of_their_own() -> None:
    boxes = unpack(pack(line_of("one", 50, 100) + [SPACE] * 3 + line_of("two", 200, 100)))

    assert [(r.left, r.right) for r in highlight(boxes, 0, 9)] == [(50.0, 65.0), (200.0, 215.0)]


def test_a_large_number_beside_two_lines_has_its_own_rectangle() -> None:
    boxes = unpack(pack([(20.0, 90.0, 40.0, 125.0), SPACE, *line_of("Rates", 50, 114)]))

    assert [(r.top, r.bottom) for r in highlight(boxes, 0, 7)] == [(90.0, 125.0), (114.0, 124.0)]


def test_a_word_set_sideways_is_one_rectangle() -> None:
    letters = [(500.0, 300.0 - 6 * place, 510.0, 306.0 - 6 * place) for place in range(5)]

    beside = [(530.0, 300.0 - 6 * place, 540.0, 306.0 - 6 * place) for place in range(3)]

    assert len(highlight(unpack(pack(letters)), 0, 5)) == 1
    assert len(highlight(unpack(pack([*letters, *beside])), 0, 8)) == 2
