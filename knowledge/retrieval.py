"""Finds the passages that stand near a question, among those that the reader may see.

The index proposes ids and scores; the database disposes: text, access and status are read from it
after the search, so that what was withdrawn a moment ago is not found.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from knowledge import fusion, worth
from knowledge.access import Reader, readable_by
from knowledge.asking import Asked, asked
from knowledge.canonical import stretches
from knowledge.embedders import embedder_from
from knowledge.errors import IndexDamaged
from knowledge.evidence import Evidence, Retrieval
from knowledge.models import Document, Passage, Version
from knowledge.orm import reading
from knowledge.protocols import Candidate, Embedder, PassageIndex, Vectors
from knowledge.sentence_vectors import sentence_vectors

CANDIDATES = 100
PASSAGES = 8
READ = 4  # times as many are read as are wanted: some repeat others


class Retriever:
    """Searches one library."""

    def __init__(self, engine: Engine, index: PassageIndex, model_folder: Path) -> None:
        self.engine = engine
        self.index = index
        self.model_folder = model_folder

    def retrieve(
        self,
        question: str,
        reader: Reader,
        limit: int = PASSAGES,
        arm: fusion.Arm = fusion.Arm.HYBRID,
        likely_language: str = "",
    ) -> Retrieval:
        """The ``limit`` best passages. ``likely_language`` decides where the words do not tell.

        Raises: IndexDamaged, ModelUnavailable.
        """
        watch = Stopwatch()
        reader = reader.now()
        wanted = asked(question, likely_language)
        generation = self.index.generation()
        number = generation.number_for(reader.audiences)
        if not number and not self.index.problem:  # for this reader there is no library yet
            return Retrieval(wanted, (), 0, None, None, watch.laps)
        embedder = _embedder(generation.embedder, self.model_folder)
        vector = question_vector(generation.embedder, self.model_folder, wanted.rewritten)
        watch.lap("embed")
        found = generation.search(vector, wanted.terms, reader.audiences, CANDIDATES)
        watch.lap("search")
        evidence, is_missing = self._load(found, wanted, reader, limit, arm)
        if not evidence and self.index.problem:  # an old state, whose rows are gone
            raise IndexDamaged(self.index.problem)
        if limit <= PASSAGES:  # more are wanted to measure the search, not to answer
            evidence = self._with_vectors(evidence, generation.fingerprint)
        watch.lap("load")
        return Retrieval(wanted, evidence, number, embedder, vector, watch.laps, is_missing)

    def _load(
        self,
        found: Sequence[Candidate],
        wanted: Asked,
        reader: Reader,
        limit: int,
        arm: fusion.Arm,
    ) -> tuple[tuple[Evidence, ...], bool]:
        """One arm alone, which is asked for to be measured, is left as it ranks: what a passage is
        worth counts in the scale of the fusion. What was closed since the index was written is left
        out before anything is ranked: scores are relative to the best and the worst candidate."""
        is_fused = arm is fusion.Arm.HYBRID
        with reading(self.engine) as session:
            rows = _rows(session, [candidate.passage_id for candidate in found], reader)
            open_candidates = [candidate for candidate in found if candidate.passage_id in rows]
            known = [
                Evidence(candidate, score, *rows[candidate.passage_id])
                for score, candidate in fusion.rank(open_candidates, wanted.language, arm)
            ]
            best = worth.weighed(known, wanted) if is_fused else known
            if not wanted.phrases:  # which may stand in any of them
                best = best[: READ * limit]
            texts = stretches(session, [evidence.passage.id for evidence in best])
        read = [replace(found, stretch=texts.get(found.passage.id, "")) for found in best]
        if is_fused:
            read = worth.by_text(read, wanted)
        best = worth.without_repetition(read, limit)
        return tuple(best), worth.is_place_missing(known, wanted)

    def _with_vectors(self, evidence: Sequence[Evidence], fingerprint: str) -> tuple[Evidence, ...]:
        hashes = [found.passage.text_hash for found in evidence]
        with reading(self.engine) as session:
            stored = sentence_vectors(session, fingerprint, hashes)
        return tuple(
            replace(found, vectors=stored.get(found.passage.text_hash)) for found in evidence
        )


class Stopwatch:
    """Milliseconds by station, after those of the stations before."""

    def __init__(self, before: Mapping[str, float] | None = None) -> None:
        self.laps = dict(before or {})
        self._since = time.perf_counter()

    def lap(self, station: str) -> None:
        now = time.perf_counter()
        self.laps[station] = round((now - self._since) * 1000, 1)
        self._since = now


@lru_cache(maxsize=1_000)  # what is asked of documents is asked of posts too, and looked at again
def question_vector(spec: str, model_folder: Path, text: str) -> Vectors:
    """The vector of a question by the embedder that ``spec`` names; not to be written into.

    Raises: ModelUnavailable.
    """
    vector = _embedder(spec, model_folder).embed_question(text)
    vector.flags.writeable = False
    return vector


@lru_cache(maxsize=2)  # the one that serves, and the next one during a rebuild
def _embedder(spec: str, model_folder: Path) -> Embedder:
    return embedder_from(spec, model_folder)


def _rows(
    session: Session, ids: Sequence[int], reader: Reader
) -> dict[int, tuple[Document, Version, Passage]]:
    """By passage id: what this reader may see, in the version that is served."""
    found = session.execute(
        select(Document, Version, Passage)
        .join(Version, Version.id == Passage.version_id)
        .join(Document, Document.id == Version.document_id)
        .where(
            Passage.id.in_(ids),
            Document.current_version_id == Version.id,
            readable_by(reader),
        )
    )
    return {passage.id: (document, version, passage) for document, version, passage in found}
