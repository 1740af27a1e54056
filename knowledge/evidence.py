"""What a search finds."""

from dataclasses import dataclass, field

from knowledge.asking import Asked
from knowledge.models import Document, Passage, Version
from knowledge.protocols import Candidate, Embedder, Vectors


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found, as it stands in the database.

    ``stretch`` is the canonical text from the passage's start to its end: a point far down a list
    has its lead-in far above, and more between the two than belongs to the passage. ``vectors``
    has a row for each sentence, as it reads in its context; None where none are stored.
    """

    candidate: Candidate
    score: float
    document: Document
    version: Version
    passage: Passage
    stretch: str = ""
    vectors: Vectors | None = field(default=None, compare=False)

    def sentences(self) -> list[tuple[int, int, str]]:
        """(start, end, text) of every sentence, offsets into the canonical text."""
        base = self.passage.start
        return [
            (start, end, self.stretch[start - base : end - base])
            for start, end in self.passage.sentences
        ]

    def place_at(self, position: int) -> tuple[str, ...]:
        """The markers above the sentence that begins at or last before ``position``; () where
        none are known."""
        places = self.passage.places or []  # older passages have none
        for (start, _), place in reversed(list(zip(self.passage.sentences, places, strict=False))):
            if start <= position:
                return tuple(place)
        return ()

    @property
    def text(self) -> str:
        """The sentences of the passage."""
        return " ".join(text for _, _, text in self.sentences())


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found, best first, and how. ``vector`` is the question's, None in an empty
    library; ``embedder`` made it. ``is_place_missing``: the question is about an article, annex,
    recital or amendment that the library does not hold."""

    asked: Asked
    evidence: tuple[Evidence, ...]
    generation: int
    embedder: Embedder | None
    vector: Vectors | None
    timings_ms: dict[str, float]
    is_place_missing: bool = False

    @property
    def language(self) -> str:
        """The question's."""
        return self.asked.language
