import pytest

from knowledge.fusion import Arm, rank
from knowledge.protocols import Candidate


def candidate(number: int, dense: float, lexical: float, language: str = "en") -> Candidate:
    return Candidate(number, "public", language, dense, lexical, 0.0)


def order(candidates: list[Candidate], language: str = "en", arm: Arm = Arm.HYBRID) -> list[int]:
    return [found.passage_id for _, found in rank(candidates, language, arm)]


def test_agreement_of_both_arms_wins() -> None:
    found = [candidate(1, 0.9, 0.0), candidate(2, 0.88, 9.0), candidate(3, 0.7, 10.0)]

    assert order(found) == [2, 1, 3]
    assert order(found, arm=Arm.DENSE) == [1, 2, 3]
    assert order(found, arm=Arm.LEXICAL) == [3, 2]


def test_words_count_little_across_languages() -> None:
    found = [candidate(1, 0.9, 0.0, "en"), candidate(2, 0.8, 5.0, "en"), candidate(3, 0.7, 0, "de")]

    assert order(found, language="en")[0] == 2
    assert order(found, language="de")[0] == 1


def test_equal_scores_keep_the_order_of_the_ids() -> None:
    assert order([candidate(9, 0.5, 1.0), candidate(4, 0.5, 1.0)]) == [4, 9]


@pytest.mark.parametrize("arm", list(Arm))
def test_nothing_found_is_no_ranking(arm: Arm) -> None:
    assert rank([], "en", arm) == []


def test_likeness_counts_from_what_is_usual_for_the_language() -> None:
    near = Candidate(1, "public", "nl", 0.86, 0.0, 0.0, usual=0.84)
    telling = Candidate(2, "public", "en", 0.85, 0.0, 0.0, usual=0.80)

    assert order([near, telling], language="el") == [2, 1]
