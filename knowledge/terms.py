"""The words of a text as the lexical arm compares them: folded and stemmed in their language."""

import re
import unicodedata
from functools import cache, lru_cache
from threading import local
from typing import Any

from knowledge.protocols import Terms

STEMMERS = {
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "sk": "czech",  # there is none for Slovak; the endings are close
    "sv": "swedish",
}
LONGEST_WORD = 40
_WORD = re.compile(r"\w+")
_STEMMERS = local()


def terms_of(text: str, language: str) -> Terms:
    """The stems of a text in the order of its words; unknown languages keep their words whole."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return Terms(language, tuple(stem(word[:LONGEST_WORD], language) for word in words))


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    if language == "el":
        word = _without_accents(word)
    if language not in _available():
        return word
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed or word


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in letters if not unicodedata.combining(c)))


@cache
def _available() -> frozenset[str]:
    import snowballstemmer

    known = set(snowballstemmer.algorithms())
    return frozenset(code for code, name in STEMMERS.items() if name in known)


def _stemmer(language: str) -> Any:
    """A stemmer of this thread: its state is not shared safely."""
    import snowballstemmer

    stemmers: dict[str, Any] = _STEMMERS.__dict__.setdefault("by_language", {})
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(STEMMERS[language])
    return stemmers[language]
