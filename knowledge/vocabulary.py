"""From everyday words to the words of the law, and the acts that a text names.

People ask for "live facial recognition"; the law says "real-time remote biometric identification
systems". The files in ``knowledge/concepts`` hold both sides, one table for a concept:

    [real-time-biometrics]
    law.en = ["real-time remote biometric identification systems"]
    said.en = ["live|real|instant face|facial recognition"]

``law`` are phrases as the legal texts of that language have them. ``said`` are everyday phrases:
all words of one must occur in the question, in any order, compared as stems and without accents.
``a|b`` stands for either word, ``a*`` for every word that begins so. A concept with
``joins = true`` (when, how much) says nothing alone: it counts only beside another concept or a
named act.
"""

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from knowledge.acts import acts_named
from knowledge.terms import stem

__all__ = ["LANGUAGES", "LawPhrase", "acts_named", "law_phrases"]

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "el", "sk", "pl", "ro")
MOST_CONCEPTS = 4
MOST_WORDS = 200  # of a question that are looked at
_CONCEPTS = Path(__file__).with_name("concepts")
_WORD = re.compile(r"\w+")
_HEAD = 3  # letters under which prefixes are filed; none is shorter


@dataclass(frozen=True, slots=True)
class LawPhrase:
    """A concept that a question touches, and how the law of each language puts it."""

    concept: str
    phrases: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Concept:
    law: Mapping[str, tuple[str, ...]]
    said: Mapping[str, tuple[str, ...]]
    joins: bool


def law_phrases(
    question: str, language: str = "", most: int = MOST_CONCEPTS
) -> tuple[LawPhrase, ...]:
    """The concepts that a question touches, the most specific first, at most ``most``.

    Phrases are sought in the question's language and in English; in all languages where the
    question's is none of ours ("" for unknown). A question that touches nothing gives ().
    """
    words = frozenset(_WORD.findall(_normal(question))[:MOST_WORDS])
    weights: dict[str, float] = {}
    for tongue in {language, "en"} if language in LANGUAGES else LANGUAGES:
        for phrase in _lexicon(tongue).phrases_in(words):
            weights[phrase.concept] = max(phrase.weight, weights.get(phrase.concept, 0.0))
    ranked = sorted(weights, key=lambda name: (concepts()[name].joins, -weights[name], name))
    if ranked and concepts()[ranked[0]].joins and not acts_named(question):
        return ()
    return tuple(LawPhrase(name, concepts()[name].law) for name in ranked[:most])


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by its name. Raises: ValueError where two files define the same one."""
    found: dict[str, Concept] = {}
    for file in sorted(_CONCEPTS.glob("*.toml")):
        for name, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{file.name} defines {name} again")
            law = {tongue: tuple(texts) for tongue, texts in table["law"].items()}
            said = {tongue: tuple(texts) for tongue, texts in table["said"].items()}
            found[name] = Concept(law, said, table.get("joins", False))
    return found


@dataclass(frozen=True, slots=True)
class Phrase:
    """``places``: the numbers of its words in the lexicon. ``weight``: how much it tells."""

    concept: str
    places: frozenset[int]
    weight: float


class Lexicon:
    """The everyday phrases of one language, each filed under the rarest of its words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._stems: dict[str, list[int]] = defaultdict(list)
        self._prefixes: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._phrases: dict[int, list[Phrase]] = defaultdict(list)
        said = [(name, text.split()) for name, text in _said(language)]
        uses = Counter(word for _, words in said for word in set(words))
        numbers = {word: number for number, word in enumerate(uses)}
        for word, number in numbers.items():
            self._file_word(word, number)
        for name, words in said:
            weight = sum(log(1 + len(said) / uses[word]) for word in set(words))
            phrase = Phrase(name, frozenset(numbers[word] for word in words), weight)
            self._phrases[numbers[min(words, key=uses.__getitem__)]].append(phrase)

    def phrases_in(self, words: frozenset[str]) -> Iterator[Phrase]:
        """The phrases all of whose words stand among these."""
        here = {number for word in words for number in self._numbers(word)}
        for number in here:
            for phrase in self._phrases.get(number, ()):
                if phrase.places <= here:
                    yield phrase

    def _file_word(self, word: str, number: int) -> None:
        for form in word.split("|"):
            if form.endswith("*"):
                prefix = _bare(_normal(form[:-1]))
                self._prefixes[prefix[:_HEAD]].append((prefix, number))
            else:
                for key in _keys(_normal(form), self.language):
                    self._stems[key].append(number)

    def _numbers(self, word: str) -> Iterator[int]:
        for key in _keys(word, self.language):
            yield from self._stems.get(key, ())
        bare = _bare(word)
        for prefix, number in self._prefixes.get(bare[:_HEAD], ()):
            if bare.startswith(prefix):
                yield number


@cache
def _lexicon(language: str) -> Lexicon:
    return Lexicon(language)


def _said(language: str) -> Iterator[tuple[str, str]]:
    for name, concept in concepts().items():
        for text in concept.said.get(language, ()):
            yield name, text


def _keys(word: str, language: str) -> set[str]:
    """What stands for a word: its stem, and the stem of the word as typed without accents."""
    bare = _bare(word)
    return {stem(bare, language), _bare(stem(word, language))}


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _bare(word: str) -> str:
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word.replace("ł", "l"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
