from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge.asking import asked
from knowledge.evidence import Evidence
from knowledge.models import Document, Passage, Status, Version
from knowledge.protocols import Candidate
from knowledge.worth import weighed, without_repetition

WORDS = " ".join(f"word{number}" for number in range(40))


def evidence(
    number: int,
    score: float,
    status: Status = Status.IN_FORCE,
    text: str = "",
    section: str = "Article 5",
    language: str = "en",
    title: str = "An act",
    **passage: Any,
) -> Evidence:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    document = Document(
        id=number, path=str(number), title=title, status=status, created_at=now, updated_at=now
    )
    text = text or f"number {number}"
    fields = {"text_hash": str(number), "places": [], "definitions": [], **passage}
    row = Passage(
        id=number, start=0, end=len(text), section=[section], sentences=[[0, len(text)]], **fields
    )
    candidate = Candidate(number, "public", language, 0, 0, 0, named=0.1)
    return Evidence(candidate, score, document, Version(id=number), row, text)


def order(
    found: list[Evidence], question: str = "What is prohibited?", limit: int = 9
) -> list[int]:
    best = without_repetition(weighed(found, asked(question, "en")), limit)
    return [evidence.document.id for evidence in best]


def test_among_equals_the_text_in_force_comes_first() -> None:
    found = [
        evidence(1, 1.0, Status.SUPERSEDED),
        evidence(2, 1.0, Status.DRAFT),
        evidence(3, 1.0),
    ]

    assert order(found) == [3, 2, 1]


def test_a_superseded_text_that_fits_far_better_stays_first() -> None:
    assert order([evidence(1, 1.5, Status.SUPERSEDED), evidence(2, 1.0)]) == [1, 2]


def test_the_same_text_stands_behind_all_others() -> None:
    found = [
        evidence(1, 1.0, text_hash="x"),
        evidence(2, 0.9, text_hash="x"),
        evidence(3, 0.8, text=WORDS),
        evidence(4, 0.7, text=f"{WORDS} and a little more"),
        evidence(5, 0.1),
    ]

    assert order(found) == [1, 3, 5, 2, 4]
    assert order(found, limit=3) == [1, 3, 5]


def test_a_translation_of_the_same_place_stands_behind_all_others() -> None:
    english, dutch = "Regulation (EU) 2024/1689", "Verordening (EU) 2024/1689"
    found = [
        evidence(1, 1.0, title=english, section="Article 5", places=[["1", "(h)"]]),
        evidence(2, 0.9, title=dutch, section="Artikel 5", places=[["1", "h)"]], language="nl"),
        evidence(3, 0.8, title=dutch, section="Artikel 6", places=[["1"]], language="nl"),
    ]

    assert order(found) == [1, 3, 2]


@pytest.mark.parametrize("section", ["Whereas:", "Recitals", "Overwegende hetgeen volgt:"])
def test_an_article_comes_before_a_recital_that_fits_as_well(section: str) -> None:
    assert order([evidence(1, 1.0, section=section), evidence(2, 0.9)]) == [2, 1]


def test_the_place_that_a_question_names_comes_first() -> None:
    found = [
        evidence(1, 1.0, section="Article 6", places=[["1"]]),
        evidence(2, 0.8, places=[["1", "(g)"]]),
        evidence(3, 0.7, places=[["1", "(h)"]]),
    ]

    assert order(found, "What does Art. 5(1)(h) say?") == [3, 2, 1]


def test_the_act_that_a_question_names_comes_first() -> None:
    found = [
        evidence(1, 1.0, title="Regulation (EU) 2016/679"),
        evidence(2, 0.9, title="Directive (EU) 2016/680"),
    ]

    assert order(found, "What does Directive 2016/680 prohibit?") == [2, 1]


def test_a_definition_comes_first_where_the_meaning_is_asked() -> None:
    found = [evidence(1, 1.0), evidence(2, 0.8, definitions=[[0, "deployer"]])]

    assert order(found, "What is a deployer?") == [2, 1]
    assert order(found, "Where is the deployer?") == [1, 2]
