"""Which language a text is in, among the official languages of the European Union."""

from functools import cache
from threading import Lock
from typing import Any

_CODES = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv"
EU_LANGUAGES = tuple(_CODES.split())
SURE = 0.5
SAMPLE_LENGTH = 5_000
_LOCK = Lock()


def language_of(text: str, otherwise: str = "") -> str:
    """The ISO 639-1 code of the text's language, or ``otherwise`` where the text does not tell.

    One or two words rarely tell; a sentence nearly always does.
    """
    sample = text[:SAMPLE_LENGTH]
    if not any(character.isalpha() for character in sample):
        return otherwise
    with _LOCK:
        language, probability = _identifier().classify(sample)
    return str(language) if probability >= SURE else otherwise


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    read = LanguageIdentifier.from_model_file(MODEL_FILE)
    read.set_languages(list(EU_LANGUAGES))
    # One that holds these languages only: the other keeps all of them, 28 MB.
    return LanguageIdentifier(
        *(read.nb_ptc, read.nb_pc, read.nb_classes, read.tk_nextmove, read.tk_output),
        norm_probs=True,
        tk_row=read.tk_row,
    )
