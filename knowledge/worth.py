"""Which of the ranked passages are worth reading: law in force before drafts, what the question
names before the rest, and no text twice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from knowledge.acts import acts_named
from knowledge.asking import Asked
from knowledge.evidence import Evidence
from knowledge.kinds import kinds_in
from knowledge.models import Document, Status
from knowledge.names import names_of_passage
from knowledge.phrases import share_held

# What a passage loses because its document is not (or no longer) the law as it stands, or because
# it stands in a preamble: recitals explain what the articles then say with force. All in the scale
# of the ranking, in which likeness goes from 0 to 1.
STATUS_MALUS = {Status.IN_FORCE: 0.0, Status.DRAFT: 0.3, Status.SUPERSEDED: 0.4}
PREAMBLE_MALUS = 0.3
PREAMBLES = (
    *("recital", "whereas", "erwägungsgr", "in erwägung", "overwegende", "considérant"),
    *("considerando", "keďže", "odôvodnen", "αιτιολογικ", "εκτιμώντας"),
)
# What it gains because the question names its act, the place where it stands or the term that it
# defines, or is in its language.
ACT_BONUS = 0.3
PLACE_BONUS = 0.6
DEFINITION_BONUS = 0.4
LANGUAGE_BONUS = 0.05
# And because it holds the kind of thing that is asked: a time limit, an amount.
KIND_BONUS = 0.15
# The very words that the question quotes outweigh all that both arms can give.
PHRASE_BONUS = 2.0
# Two passages with this share of the shorter one's words in common are one text. Short ones share
# their words by chance.
SAME_WORDS = 0.85
FEWEST_WORDS = 15
# Two passages of one act in two languages that stand in the same places say the same.
SAME_PLACES = 0.5
# What is counted through a text without gaps; "16a" is written in too many ways to be missed.
_COUNTED = re.compile(r"(?:art|recital|amendment):\d+|annex:[ivxl]+")


def weighed(ranked: Sequence[Evidence], asked: Asked) -> list[Evidence]:
    """The passages with their worth to the question as score, best first."""
    found = [replace(evidence, score=_worth(evidence, asked)) for evidence in ranked]
    return sorted(found, key=lambda evidence: -evidence.score)


def by_text(read: Sequence[Evidence], asked: Asked) -> list[Evidence]:
    """The passages, whose text is known by now, with what it adds to their worth, best first."""
    found = [replace(e, score=e.score + _bonus_of_text(e.text, asked)) for e in read]
    return sorted(found, key=lambda evidence: -evidence.score)


def _bonus_of_text(text: str, asked: Asked) -> float:
    bonus = PHRASE_BONUS * share_held(text, asked.phrases)
    if asked.kinds:
        bonus += KIND_BONUS * bool(asked.kinds & kinds_in(text))
    return bonus


def without_repetition(best_first: Sequence[Evidence], limit: int) -> list[Evidence]:
    """The first ``limit`` that do not repeat a better one in another file or language; those that
    do stand behind all others."""
    chosen: list[Evidence] = []
    repeated: list[Evidence] = []
    for evidence in best_first:
        if len(chosen) == limit:
            break
        known = any(_is_same_text(evidence, other) for other in chosen)
        (repeated if known else chosen).append(evidence)
    return [*chosen, *repeated][:limit]


def is_place_missing(found: Sequence[Evidence], asked: Asked) -> bool:
    """Whether nothing that was found stands in the article, annex, recital or amendment that the
    question names, in the acts that it names if it does. Only the outermost number counts: how a
    text numbers its points is not always read."""
    wanted = set(filter(_COUNTED.fullmatch, asked.places))
    of_acts = [e for e in found if not asked.acts or asked.acts & acts_of(e.document.title)]
    if not wanted or not of_acts:
        return False
    return not any(wanted & _names(e) for e in of_acts if e.candidate.named)


def _worth(evidence: Evidence, asked: Asked) -> float:
    return evidence.score - malus(evidence) + _bonus(evidence, asked)


def malus(evidence: Evidence) -> float:
    """What a passage loses by the status of its document, and as a recital."""
    lost = STATUS_MALUS.get(Status(evidence.document.status), 0.0)
    return lost + (PREAMBLE_MALUS if _is_preamble(evidence) else 0.0)


def is_in_force(document: Document) -> bool:
    """Whether nothing says that it is not."""
    return document.status not in (Status.DRAFT, Status.SUPERSEDED)


def _is_preamble(evidence: Evidence) -> bool:
    section = evidence.passage.section
    return bool(section) and section[-1].casefold().startswith(PREAMBLES)


def _bonus(evidence: Evidence, asked: Asked) -> float:
    bonus = LANGUAGE_BONUS if evidence.candidate.language == asked.language else 0.0
    if asked.acts & acts_of(evidence.document.title):
        bonus += ACT_BONUS * (2 if asked.places else 1)
    if evidence.candidate.named:
        names = _names(evidence)
        asked_for = len(set(asked.places) & names) / len(asked.places) if asked.places else 0.0
        bonus += PLACE_BONUS * asked_for
        bonus += DEFINITION_BONUS * bool(asked.defined & names)
    return bonus


@lru_cache(maxsize=4096)
def acts_of(title: str) -> frozenset[str]:
    """The acts that a document is, or is about, by its title."""
    return frozenset(acts_named(title))


def _names(evidence: Evidence) -> set[str]:
    return set(names_of_passage(evidence.passage, evidence.candidate.language))


def _is_same_text(one: Evidence, other: Evidence) -> bool:
    if one.passage.text_hash == other.passage.text_hash:
        return True
    if one.candidate.language != other.candidate.language:
        return _is_translation(one, other)
    words, others = _words(one.text), _words(other.text)
    fewer = min(len(words), len(others))
    return fewer >= FEWEST_WORDS and len(words & others) >= SAME_WORDS * fewer


def _is_translation(one: Evidence, other: Evidence) -> bool:
    if not acts_of(one.document.title) & acts_of(other.document.title):
        return False
    places, others = set(_places(one)), set(_places(other))
    return len(places & others) > SAME_PLACES * max(1, len(places | others))


def _places(evidence: Evidence) -> Iterator[str]:
    return (name for name in _names(evidence) if not name.startswith("def:"))


@lru_cache(maxsize=256)  # each is compared with many others
def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())
