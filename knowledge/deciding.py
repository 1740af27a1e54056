"""Whether the library answers a question at all."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from knowledge.choosing import Choice
from knowledge.evidence import Evidence, Retrieval
from knowledge.phrases import share_held

# A logistic model over the signals below: ``flask assistant calibrate`` fits it, prints its error
# rates at every threshold and names these numbers; docs/quality.md says on which questions.
INTERCEPT = -51.49
WEIGHTS = (26.73, 30.12, 1.2, 2.65, 2.03)
THRESHOLD = 0.45


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer, each about 0 to 1.

    ``likeness`` is the cosine of the best sentence under its heading with what was searched, the
    law's words included, and ``as_asked`` the best cosine with the question alone: the law's words
    lie near every law. ``coverage`` is the best share of the question's words, weighted
    by how rare they are, that one passage holds, where words tell: ``is_translated`` where the
    nearest passage is in another language, so that they do not. ``law_words`` says whether the
    question has everyday words for something that the law has a word for, or names an act or a
    place.
    """

    likeness: float
    as_asked: float
    coverage: float
    is_translated: float
    law_words: float


def signals_of(found: Retrieval, choices: Sequence[Choice]) -> Signals:
    """``choices`` are the scored sentences of the evidence; there must be some of both."""
    nearest = max(found.evidence, key=lambda evidence: evidence.candidate.dense)
    best = max(choices, key=lambda choice: choice.likeness - choice.evidence.candidate.usual)
    translated = nearest.candidate.language != found.language
    asked = found.asked
    return Signals(
        likeness=best.likeness,
        as_asked=_likeness_as_asked(found, choices),
        coverage=0.0 if translated else _coverage(found.evidence, found.language),
        is_translated=float(translated),
        law_words=float(asked.rewritten != asked.question or bool(asked.acts or asked.places)),
    )


def _likeness_as_asked(found: Retrieval, choices: Sequence[Choice]) -> float:
    if found.embedder is None or found.asked.rewritten == found.asked.question:
        return max(choice.likeness for choice in choices)
    question = found.embedder.embed_question(found.asked.question)
    return max(float(choice.vector @ question) for choice in choices)


def _coverage(evidence: Sequence[Evidence], language: str) -> float:
    return max(e.candidate.coverage for e in evidence if e.candidate.language == language)


def is_answered(found: Retrieval, choices: Sequence[Choice]) -> bool:
    """False also where the question is about an article that does not exist; true where a sentence
    holds all that the question quotes."""
    if found.is_place_missing or not choices:
        return False
    if any(share_held(choice.text, found.asked.phrases) == 1 for choice in choices):
        return True
    return likelihood(signals_of(found, choices)) >= THRESHOLD


def likelihood(
    signals: Signals, intercept: float = INTERCEPT, weights: Sequence[float] = WEIGHTS
) -> float:
    """How likely it is, from 0 to 1, that what was found answers the question."""
    total = intercept + sum(w * s for w, s in zip(weights, astuple(signals), strict=True))
    return 1 / (1 + math.exp(-total))
