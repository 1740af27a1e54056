import math

import pytest

from knowledge.evaluation.measures import ndcg, recall


def test_a_perfect_ranking_is_one() -> None:
    assert ndcg(["a", "b", "c"], {"a": 1, "b": 1}, 10) == 1.0
    assert recall(["a", "b", "c"], {"a": 1, "b": 1}, 10) == 1.0


def test_gain_is_discounted_by_rank() -> None:
    assert ndcg(["x", "a"], {"a": 1}, 10) == pytest.approx(1 / math.log2(3))


def test_grades_count_linearly() -> None:
    found = ndcg(["b", "a"], {"a": 2, "b": 1}, 10)

    assert found == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_what_is_below_the_depth_does_not_count() -> None:
    assert ndcg(["x"] * 10 + ["a"], {"a": 1}, 10) == 0.0
    assert recall(["x"] * 10 + ["a"], {"a": 1}, 10) == 0.0
    assert recall(["x"] * 10 + ["a"], {"a": 1}, 100) == 1.0
