"""Where in its section a sentence of a passage stands."""

from knowledge.evidence import Evidence
from knowledge.models import Document, Passage, Version
from knowledge.protocols import Candidate


def evidence(places: list[list[str]] | None) -> Evidence:
    passage = Passage(id=1, start=0, sentences=[[0, 9], [50, 60]], places=places, language="en")
    found = Candidate(1, "public", "en", 0.0, 0.0, 0.0)
    return Evidence(found, 0.0, Document(id=1), Version(id=1), passage)


def test_a_sentence_has_the_markers_above_it() -> None:
    found = evidence([["1"], ["1", "(h)"]])

    assert found.place_at(0) == ("1",)
    assert found.place_at(50) == ("1", "(h)")
    assert found.place_at(55) == ("1", "(h)")


def test_a_passage_of_before_has_no_places() -> None:
    assert evidence([]).place_at(50) == ()
    assert evidence(None).place_at(50) == ()
