"""What a question asks for, as the search and the choice of sentences see it."""

from dataclasses import dataclass

from knowledge.acts import acts_named
from knowledge.kinds import Kind, kinds_asked_for
from knowledge.language import language_of
from knowledge.names import places_asked_for, terms_asked_for
from knowledge.phrases import phrases_asked_for
from knowledge.protocols import Terms
from knowledge.terms import terms_of
from knowledge.vocabulary import LawPhrase, law_phrases


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. ``rewritten`` is the question with the law's words for its everyday words behind
    it, which is what is embedded. ``acts`` are the numbers of the acts that it names, ``places``
    the names of the places ("art:5:1:h"), ``defined`` the names of the terms whose meaning it may
    ask for. ``terms`` are its words and all these names. ``kinds``: what kind of thing is asked.
    ``phrases`` are the words that it quotes."""

    question: str
    language: str
    rewritten: str
    terms: Terms
    acts: frozenset[str]
    places: tuple[str, ...]
    defined: frozenset[str]
    kinds: frozenset[Kind]
    phrases: tuple[str, ...] = ()


def asked(question: str, likely_language: str = "") -> Asked:
    """``likely_language`` decides where the words do not tell."""
    language = language_of(question, likely_language)
    stems = terms_of(question, language).stems
    phrases = law_phrases(question, language)
    places = places_asked_for(question)
    defined = _defined(question, stems, phrases)
    return Asked(
        question=question,
        language=language,
        rewritten=_rewritten(question, phrases),
        terms=Terms(language, stems, (*places, *defined)),
        acts=frozenset(acts_named(question)),
        places=places,
        defined=frozenset(defined),
        kinds=kinds_asked_for(question),
        phrases=phrases_asked_for(question),
    )


def _rewritten(question: str, phrases: tuple[LawPhrase, ...]) -> str:
    """English phrases, whatever the question's language: the model knows it best, and the vectors
    of all languages lie in one space."""
    words = [phrase for concept in phrases for phrase in concept.phrases.get("en", ())]
    return "; ".join([question, *words])


def _defined(
    question: str, stems: tuple[str, ...], phrases: tuple[LawPhrase, ...]
) -> tuple[str, ...]:
    own = terms_asked_for(question, stems)
    if not own:
        return ()
    laws = [
        name
        for concept in phrases
        for language, texts in concept.phrases.items()
        for text in texts
        for name in terms_asked_for(question, terms_of(text, language).stems)
    ]
    return tuple(dict.fromkeys((*own, *laws)))
