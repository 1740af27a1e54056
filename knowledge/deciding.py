"""Whether the library answers a question at all."""

import math
from dataclasses import dataclass

from knowledge.evidence import Retrieval

# A logistic model over the signals below. How it was fitted, and what it is worth, is in
# docs/quality.md; `flask assistant evaluate` prints the signals of every question.
INTERCEPT = -30.0
WEIGHT_LIKENESS = 35.0
WEIGHT_COVERAGE = 2.0
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer.

    ``likeness`` is the best cosine of a passage. ``coverage`` is the best share of the question's
    words, weighted by how rare they are, that one passage in the question's language holds; None
    where there is no such passage.
    """

    likeness: float
    coverage: float | None


def signals_of(found: Retrieval) -> Signals:
    own = [e.candidate for e in found.evidence if e.candidate.language == found.language]
    return Signals(
        likeness=max(e.candidate.dense for e in found.evidence),
        coverage=max((candidate.coverage for candidate in own), default=None),
    )


def is_answered(signals: Signals) -> bool:
    return likelihood(signals) >= THRESHOLD


def likelihood(signals: Signals) -> float:
    """How likely it is, from 0 to 1, that what was found answers the question."""
    coverage = 0.5 if signals.coverage is None else signals.coverage
    evidence = INTERCEPT + WEIGHT_LIKENESS * signals.likeness + WEIGHT_COVERAGE * coverage
    return 1 / (1 + math.exp(-evidence))
