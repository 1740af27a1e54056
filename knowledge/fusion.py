"""How the two arms become one ranking, and which of the ranked passages are kept."""

from collections.abc import Sequence
from enum import StrEnum

from knowledge.evidence import Evidence
from knowledge.models import Status
from knowledge.protocols import Candidate

# How much the words count against the vectors. Across languages only names and numbers match, and
# a full weight would push what happens to share them above what answers (see docs/quality.md).
WEIGHT_SAME_LANGUAGE = 0.6
WEIGHT_OTHER_LANGUAGE = 0.1

# What a passage loses because its document is not (or no longer) the law as it stands.
STATUS_MALUS = {Status.IN_FORCE: 0.0, Status.DRAFT: 0.1, Status.SUPERSEDED: 0.2}


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
    """
    if arm is Arm.LEXICAL:  # what only the other arm proposed was not found by words
        candidates = [candidate for candidate in candidates if candidate.lexical > 0]
    if not candidates:
        return []
    scores = {
        Arm.HYBRID: _hybrid(candidates, language),
        Arm.DENSE: [c.dense for c in candidates],
        Arm.LEXICAL: [c.lexical for c in candidates],
    }[arm]
    pairs = zip(scores, candidates, strict=True)
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1].passage_id))


def _hybrid(candidates: Sequence[Candidate], language: str) -> list[float]:
    low = min(c.dense for c in candidates)
    span = max(c.dense for c in candidates) - low or 1.0
    top = max(c.lexical for c in candidates) or 1.0
    return [(c.dense - low) / span + _weight(c, language) * c.lexical / top for c in candidates]


def _weight(candidate: Candidate, language: str) -> float:
    same = not language or candidate.language == language
    return WEIGHT_SAME_LANGUAGE if same else WEIGHT_OTHER_LANGUAGE


def choose(ranked: Sequence[Evidence], limit: int) -> list[Evidence]:
    """The best ``limit``: texts in force first among equals, and no text twice."""
    by_worth = sorted(ranked, key=lambda evidence: -_worth(evidence))
    chosen: list[Evidence] = []
    seen: set[str] = set()
    for evidence in by_worth:
        if evidence.passage.text_hash not in seen and len(chosen) < limit:
            seen.add(evidence.passage.text_hash)
            chosen.append(evidence)
    return chosen


def _worth(evidence: Evidence) -> float:
    return evidence.score - STATUS_MALUS.get(Status(evidence.document.status), 0.0)
