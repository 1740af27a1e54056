from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import split_sentences


def split(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Article 5 applies.", "It bans some uses."]),
        ("en", ["See Art. 5 para. 1 and No. 3 of the annex.", "The rest follows."]),
        ("en", ["It was drafted by J. Smith in 2021.", "Others followed."]),
        ("en", ["1. The provider shall keep records.", "2. The deployer shall not."]),
        ("en", ["Is it allowed?", "“No.”", "That is all!"]),
        ("en", ["It shields the system.767", "If a breach occurs, they say so."]),
        ("en", ["See Article 5.3 and version 1.5 of the report."]),
        ("en", ["The deadline was 2 Feb. 2025.", "It has passed."]),
        ("en", ["It ended in 2023.", "popAI had 13 partners."]),
        ("de", ["Die Verordnung gilt seit dem 2. August 2026.", "Siehe Abs. 3 z.B. dort."]),
        ("el", ["Τι είναι το popAI;", "Είναι ένα έργο."]),
        ("fr", ["L’article 5 interdit certains usages.", "Voir p. 3 du rapport."]),
        ("es", ["¿Qué es popAI?", "¡Un proyecto!", "Terminó en 2023."]),
        ("sk", ["Platí od 2. augusta 2026.", "Pozri čl. 5 ods. 1."]),
    ],
)
def test_sentences_are_told_apart(language: str, sentences: list[str]) -> None:
    assert split(" ".join(sentences), language) == sentences


def test_a_semicolon_ends_no_english_sentence() -> None:
    assert split("The first; The second.") == ["The first; The second."]


@given(st.text())
def test_any_text_is_cut_without_loss(text: str) -> None:
    spans = split_sentences(text, "en")

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
