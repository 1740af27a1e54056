import pytest

from knowledge.language import language_of
from knowledge.terms import terms_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What is popAI?"),
        ("de", "Was darf die Polizei?"),
        ("el", "Τι είναι το popAI;"),
        ("es", "¿Qué es popAI?"),
        ("fr", "Qu'est-ce que le règlement interdit ?"),
        ("it", "Che cosa vieta il regolamento?"),
        ("nl", "Wat is er verboden voor de politie?"),
        ("sk", "Čo zakazuje nariadenie polícii?"),
    ],
)
def test_a_short_question_is_enough(language: str, text: str) -> None:
    assert language_of(text, otherwise="xx") == language


@pytest.mark.parametrize("text", ["", "   ", "1234 ???", "GDPR"])
def test_what_does_not_tell_is_taken_as_likely(text: str) -> None:
    assert language_of(text, otherwise="nl") == "nl"


def test_inflected_forms_share_a_stem() -> None:
    assert terms_of("prohibited systems", "en").stems == terms_of("Prohibiting SYSTEM", "en").stems
    assert terms_of("βιομετρικής", "el").stems == terms_of("ΒΙΟΜΕΤΡΙΚΗΣ", "el").stems


def test_words_of_a_language_without_stemmer_stay_whole() -> None:
    assert terms_of("Bulgarian полиция", "bg").stems == ("bulgarian", "полиция")
