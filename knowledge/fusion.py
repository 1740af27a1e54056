"""How the two arms become one ranking, and which of the ranked passages are kept."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from knowledge.evidence import Evidence
from knowledge.models import Status
from knowledge.protocols import Candidate

# How much the words count against the vectors. Across languages only names and numbers match, and
# a full weight would push what happens to share them above what answers (see docs/quality.md).
WEIGHT_SAME_LANGUAGE = 0.6
WEIGHT_OTHER_LANGUAGE = 0.1

# What a passage loses because its document is not (or no longer) the law as it stands, or because
# it stands in a preamble: recitals explain what the articles then say with force.
STATUS_MALUS = {Status.IN_FORCE: 0.0, Status.DRAFT: 0.3, Status.SUPERSEDED: 0.4}
PREAMBLE_MALUS = 0.3
PREAMBLES = (
    *("recital", "whereas", "erwägungsgr", "in erwägung", "overwegende", "considérant"),
    *("considerando", "keďže", "odôvodnen", "αιτιολογικ", "εκτιμώντας"),
)


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
    """The ``limit`` of most worth, with their worth as score: law in force stands before drafts,
    superseded texts and recitals that fit about as well, and no text is chosen twice."""
    weighed = [replace(evidence, score=_worth(evidence)) for evidence in ranked]
    chosen: dict[str, Evidence] = {}
    for evidence in sorted(weighed, key=lambda evidence: -evidence.score):
        chosen.setdefault(evidence.passage.text_hash, evidence)
    return list(chosen.values())[:limit]


def _worth(evidence: Evidence) -> float:
    malus = STATUS_MALUS.get(Status(evidence.document.status), 0.0)
    return evidence.score - malus - (PREAMBLE_MALUS if _is_preamble(evidence) else 0.0)


def _is_preamble(evidence: Evidence) -> bool:
    section = evidence.passage.section
    return bool(section) and section[-1].casefold().startswith(PREAMBLES)
