from datetime import UTC, datetime

import pytest

from knowledge.evidence import Evidence
from knowledge.fusion import Arm, choose, rank
from knowledge.models import Document, Passage, Status, Version
from knowledge.protocols import Candidate


def candidate(number: int, dense: float, lexical: float, language: str = "en") -> Candidate:
    return Candidate(number, "public", language, dense, lexical, 0.0)


def order(candidates: list[Candidate], language: str = "en", arm: Arm = Arm.HYBRID) -> list[int]:
    return [found.passage_id for _, found in rank(candidates, language, arm)]


def evidence(
    number: int,
    score: float,
    status: Status = Status.IN_FORCE,
    text_hash: str = "",
    section: str = "Article 5",
) -> Evidence:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    document = Document(id=number, path=str(number), status=status, created_at=now, updated_at=now)
    passage = Passage(id=number, text_hash=text_hash or str(number), section=[section])
    return Evidence(candidate(number, 0, 0), score, document, Version(id=number), passage)


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


def test_among_equals_the_text_in_force_comes_first() -> None:
    found = [
        evidence(1, 1.0, Status.SUPERSEDED),
        evidence(2, 1.0, Status.DRAFT),
        evidence(3, 1.0),
    ]

    assert [e.document.id for e in choose(found, 3)] == [3, 2, 1]


def test_a_superseded_text_that_fits_far_better_stays_first() -> None:
    found = [evidence(1, 1.5, Status.SUPERSEDED), evidence(2, 1.0)]

    assert [e.document.id for e in choose(found, 2)] == [1, 2]


def test_the_same_text_is_chosen_once() -> None:
    found = [evidence(1, 1.0, text_hash="x"), evidence(2, 0.9, text_hash="x"), evidence(3, 0.1)]

    assert [e.document.id for e in choose(found, 2)] == [1, 3]


@pytest.mark.parametrize("section", ["Whereas:", "Recitals", "Overwegende hetgeen volgt:"])
def test_an_article_comes_before_a_recital_that_fits_as_well(section: str) -> None:
    found = [evidence(1, 1.0, section=section), evidence(2, 0.9)]

    assert [e.document.id for e in choose(found, 2)] == [2, 1]
