"""The names by which a passage is asked for exactly: of the places where it stands ("art:5:1:h")
and of the terms that it defines ("def:deployer"). They stand in the index beside the words, and
hold a colon, which no word does."""

import re
from collections.abc import Iterator, Sequence

from knowledge.models import Passage
from knowledge.references import place_terms, reference_terms, references_in
from knowledge.terms import terms_of

LONGEST_TERM = 6  # words
_ASKS_FOR_MEANING = re.compile(
    r"^(?:what|who) (?:is|are|counts? as)\b|\bmeans?\b|\bmeaning of\b|\bdefin|\bexplain\b|"
    r"^(?:was|wer) (?:ist|sind)\b|bedeute|versteht man|begriff|"
    r"qu['\u2019]est-ce|c['\u2019]est quoi|que signifie|que veut dire|qu['\u2019]entend|"
    r"^¿?(?:qué|quién(?:es)?) (?:es|son)\b|significa|se entiende|"
    r"^(?:che )?cos(?:a|['\u2019])\W?\s?(?:è|sono|si intende)|^chi (?:è|sono)\b|"
    r"^wat (?:is|zijn)\b|^wie is\b|betekent|verstaan onder|"
    r"^τι (?:είναι|σημαίνει|εννοεί)|σημαίνει|ορισμ|"
    r"^(?:čo|kto) (?:je|sú|znamená)|znamená|rozumie|"
    r"^(?:co|kto) to|oznacza|czym (?:jest|są)|"
    r"^ce (?:este|sunt|înseamnă)|înseamnă|se înțelege",
    re.IGNORECASE,
)


def names_of_passage(passage: Passage, language: str) -> tuple[str, ...]:
    """Where a passage stands and what it defines."""
    defined = (definition_name(str(term), language) for _, term in passage.definitions)
    return (*place_terms(passage.section, passage.places), *dict.fromkeys(defined))


def places_asked_for(question: str) -> tuple[str, ...]:
    """The places that a question refers to, from the outside to the inside; acts are no places."""
    references = [found for found in references_in(question) if found.kind != "act"]
    return reference_terms(references)


def terms_asked_for(question: str, stems: Sequence[str]) -> tuple[str, ...]:
    """What may be defined, where the question asks what something is: every run of its words."""
    if not _ASKS_FOR_MEANING.search(question.strip()):
        return ()
    return tuple(dict.fromkeys(_definition(run) for run in _runs(stems)))


def definition_name(term: str, language: str) -> str:
    """The name of the place where ``term`` is defined."""
    return _definition(terms_of(term, language).stems)


def _runs(stems: Sequence[str]) -> Iterator[Sequence[str]]:
    for length in range(1, LONGEST_TERM + 1):
        for start in range(len(stems) - length + 1):
            yield stems[start : start + length]


def _definition(stems: Sequence[str]) -> str:
    return "def:" + " ".join(stems)
