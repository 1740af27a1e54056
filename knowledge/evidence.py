"""What a search finds."""

from dataclasses import dataclass

from knowledge.models import Document, Passage, Version
from knowledge.protocols import Candidate, Embedder, Vectors


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found, as it stands in the database. ``text`` is the canonical text from
    ``start`` to ``end``; ``sentences`` are offsets like these."""

    candidate: Candidate
    score: float
    document: Document
    version: Version
    passage: Passage
    text: str = ""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found, best first, and how. ``vector`` is the question's, None in an empty
    library; ``embedder`` made it."""

    question: str
    language: str
    evidence: tuple[Evidence, ...]
    generation: int
    embedder: Embedder | None
    vector: Vectors | None
    timings_ms: dict[str, float]
