"""Which of the scored sentences are shown, and in which order."""

import numpy as np

from knowledge.choosing import MARGIN, Choice, choose_sentences, older_documents
from knowledge.evidence import Evidence
from knowledge.models import Document, Passage, Version
from knowledge.protocols import Candidate

EAST, NORTH = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


def choice(
    score: float,
    document: int,
    start: int,
    *,
    section: str = "Article 1",
    text: str = "",
    language: str = "en",
    vector: np.ndarray = EAST,
    title: str = "",
    date: str = "",
    status: str = "in force",
    is_where_asked: bool = False,
) -> Choice:
    text = text or f"sentence{document}x{start} says word{start} and name{document}"
    passage = Passage(id=start, section=[section], language=language)
    found = Candidate(start, "public", language, 0.0, 0.0, 0.0)
    work = Document(id=document, title=title, date=date, status=status)
    evidence = Evidence(found, 0.0, work, Version(id=document), passage)
    return Choice(evidence, start, start + 50, text, score, score, vector, is_where_asked)


def shown(*scored: Choice) -> list[tuple[int, int]]:
    return [(c.evidence.document.id, c.start) for c in choose_sentences(scored)]


def test_four_statements_are_the_most() -> None:
    scored = [choice(0.9, document, 0) for document in range(1, 9)]

    assert len(shown(*scored)) == 4


def test_three_statements_of_one_document_are_the_most() -> None:
    scored = [choice(0.9, 1, 100 * n) for n in range(5)]

    assert shown(*scored, choice(0.89, 2, 0)) == [(1, 0), (1, 100), (1, 200), (2, 0)]


def test_statements_of_a_document_stand_together_the_best_document_first() -> None:
    scored = [
        choice(0.90, 2, 300, section="Article 9"),
        choice(0.89, 1, 0),
        choice(0.88, 2, 100),
    ]

    assert shown(*scored) == [(2, 300), (2, 100), (1, 0)]


def test_the_best_section_of_a_document_comes_first() -> None:
    scored = [choice(0.90, 1, 300, section="Article 9"), choice(0.88, 1, 100)]

    assert shown(*scored) == [(1, 300), (1, 100)]


def test_what_is_far_below_the_best_is_not_said() -> None:
    assert shown(choice(0.9, 1, 0), choice(0.9 - MARGIN - 0.01, 2, 0)) == [(1, 0)]


def test_the_same_words_are_said_once() -> None:
    twin = "The use of such systems is prohibited in public"

    assert shown(choice(0.9, 1, 0, text=twin), choice(0.89, 2, 0, text=twin)) == [(1, 0)]


def test_a_translation_of_what_is_said_is_not_said() -> None:
    german = choice(0.89, 2, 0, language="de", text="ganz andere Worte")
    elsewhere = choice(0.88, 3, 0, language="de", text="noch andere", vector=NORTH)

    assert shown(choice(0.9, 1, 0), german, elsewhere) == [(1, 0), (3, 0)]


def test_overlapping_stretches_are_said_once() -> None:
    assert shown(choice(0.9, 1, 0), choice(0.89, 1, 20)) == [(1, 0)]


def test_the_newer_of_two_texts_on_one_act_leads_and_the_older_is_known() -> None:
    old = choice(0.9, 1, 0, title="AI Act, Regulation (EU) 2024/1689", date="2024-07-12")
    new = choice(0.88, 2, 0, title="Omnibus amending the AI Act", date="2026-06")

    assert shown(old, new) == [(2, 0), (1, 0)]
    assert older_documents([old, new]) == {1}


def test_what_is_in_force_leads_and_a_draft_follows() -> None:
    draft = choice(0.9, 1, 0, status="draft")
    law = choice(0.88, 2, 0)
    old = choice(0.87, 3, 0, status="superseded")
    unknown = choice(0.86, 4, 0, status="not stated")

    assert shown(draft, law, old, unknown) == [(2, 0), (4, 0), (1, 0), (3, 0)]


def test_the_place_that_is_asked_for_leads_its_section() -> None:
    before, asked = choice(0.9, 1, 0), choice(0.89, 1, 100, is_where_asked=True)

    assert shown(before, asked, choice(0.88, 1, 200)) == [(1, 100), (1, 0), (1, 200)]


def test_texts_on_different_acts_or_of_one_year_are_not_older() -> None:
    act = choice(0.9, 1, 0, title="AI Act", date="2024-07-12")
    other = choice(0.88, 2, 0, title="Digital Services Act", date="2026")
    undated = choice(0.87, 3, 0, title="AI Act", date="")
    vague = choice(0.86, 4, 0, title="AI Act", date="2024")

    assert not older_documents([act, other, undated, vague])
