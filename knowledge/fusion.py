"""How likeness and words become one ranking."""

from collections.abc import Sequence
from enum import StrEnum

from knowledge.protocols import Candidate

# How much the words count against the vectors. Across languages only names and numbers match, and
# a full weight would push what happens to share them above what answers (see docs/quality.md).
WEIGHT_SAME_LANGUAGE = 0.6
WEIGHT_OTHER_LANGUAGE = 0.2


class Arm(StrEnum):
    """Which arm ranks."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


def rank(
    candidates: Sequence[Candidate], language: str, arm: Arm = Arm.HYBRID
) -> list[tuple[float, Candidate]]:
    """(score, candidate), best first; equal scores in the order of the ids.

    The hybrid score is the sum of both arms, each brought to 0..1 over the candidates (min-max).
    Likeness counts from what is usual for the passage's language.
    """
    if arm is Arm.LEXICAL:  # what only the other arm proposed was not found by words
        candidates = [candidate for candidate in candidates if candidate.lexical > 0]
    if not candidates:
        return []
    scores = {
        Arm.HYBRID: _hybrid(candidates, language),
        Arm.DENSE: [_likeness(c) for c in candidates],
        Arm.LEXICAL: [c.lexical for c in candidates],
    }[arm]
    pairs = zip(scores, candidates, strict=True)
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1].passage_id))


def _hybrid(candidates: Sequence[Candidate], language: str) -> list[float]:
    low = min(map(_likeness, candidates))
    span = max(map(_likeness, candidates)) - low or 1.0
    top = max(c.lexical for c in candidates) or 1.0
    return [
        (_likeness(c) - low) / span + _weight(c, language) * c.lexical / top for c in candidates
    ]


def _likeness(candidate: Candidate) -> float:
    return candidate.dense - candidate.usual


def _weight(candidate: Candidate, language: str) -> float:
    same = not language or candidate.language == language
    return WEIGHT_SAME_LANGUAGE if same else WEIGHT_OTHER_LANGUAGE
