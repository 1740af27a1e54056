"""Whether the library answers a question at all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.choosing import Choice
from knowledge.evidence import Evidence, Retrieval

# A logistic model over the signals below, fitted on answerable and unanswerable questions in eight
# languages: docs/quality.md says on which, and what it is worth.
INTERCEPT = -33.9
WEIGHT_LIKENESS = 37.2
WEIGHT_COVERAGE = 4.8
WEIGHT_OTHER_LANGUAGE = 3.1
THRESHOLD = 0.4


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer.

    ``likeness`` is the best cosine of a sentence under its heading. ``coverage`` is the best share
    of the question's words, weighted by how rare they are, that one passage holds; None where the
    nearest passage is in another language, so that words tell nothing.
    """

    likeness: float
    coverage: float | None


def signals_of(found: Retrieval, choices: Sequence[Choice]) -> Signals:
    """``choices`` are the scored sentences of the evidence; there must be some of both."""
    nearest = max(found.evidence, key=lambda evidence: evidence.candidate.dense)
    in_question_language = nearest.candidate.language == found.language
    return Signals(
        likeness=max(choice.likeness for choice in choices),
        coverage=_coverage(found.evidence, found.language) if in_question_language else None,
    )


def _coverage(evidence: Sequence[Evidence], language: str) -> float:
    return max(e.candidate.coverage for e in evidence if e.candidate.language == language)


def is_answered(signals: Signals) -> bool:
    return likelihood(signals) >= THRESHOLD


def likelihood(signals: Signals) -> float:
    """How likely it is, from 0 to 1, that what was found answers the question."""
    words = (
        WEIGHT_OTHER_LANGUAGE if signals.coverage is None else WEIGHT_COVERAGE * signals.coverage
    )
    return 1 / (1 + math.exp(-(INTERCEPT + WEIGHT_LIKENESS * signals.likeness + words)))
