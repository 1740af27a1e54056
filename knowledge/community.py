"""Finds what people wrote for each other near a question. Nothing of it is evidence: no answer
quotes it, and it is shown as what it is, "from the community, not checked".

As for documents the index proposes and the database disposes, and only the parts of the index are
opened that the reader may see.
"""

import logging
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from knowledge import fusion
from knowledge.access import Reader
from knowledge.asking import asked
from knowledge.community_models import Contribution, ContributionPassage
from knowledge.contributions import findable_by
from knowledge.errors import IndexDamaged, ModelUnavailable
from knowledge.orm import reading
from knowledge.protocols import Candidate, PassageIndex
from knowledge.retrieval import CANDIDATES, question_vector

log = logging.getLogger(__name__)
# What is near enough to be shown unasked: as much nearer than is usual for the language, or with
# so much of the question's words.
NEARER = 0.035
SAME_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the index proposes, before anybody looked whether it may be shown. ``language`` is the
    question's."""

    candidates: Sequence[Candidate] = ()
    language: str = ""

    @property
    def ids(self) -> list[int]:
        return [candidate.passage_id for candidate in self.candidates]

    def best(self, shown: Container[int]) -> list[int]:
        """The passages among ``shown`` that are near enough, best first. What may not be shown is
        left out before anything is ranked, for scores are relative to the other candidates."""
        open_ones = [one for one in self.candidates if one.passage_id in shown]
        ranked = fusion.rank(open_ones, self.language)
        return [candidate.passage_id for _, candidate in ranked if is_near(candidate)]


@dataclass(frozen=True, slots=True)
class Near:
    """A post near a question. From ``start`` to ``end`` of its plain words stands what is near."""

    post_id: int
    topic_id: int
    start: int
    end: int


class Community:
    """Searches what was contributed."""

    def __init__(self, engine: Engine, index: PassageIndex, model_folder: Path) -> None:
        self.engine, self.index, self.model_folder = engine, index, model_folder

    def state_for(self, reader: Reader) -> int:
        """Another number after every change of what this reader may find by meaning."""
        try:
            return self.index.generation().number_for(reader.audiences)
        except IndexDamaged:
            return 0

    def proposed(self, question: str, reader: Reader, likely_language: str = "") -> Proposed:
        """The best passages, without a look into the database. None where the index or the model
        cannot be read: words are searched without them."""
        try:
            generation = self.index.generation()
            if not generation.number_for(reader.audiences):
                return Proposed()
            wanted = asked(question, likely_language)
            vector = question_vector(generation.embedder, self.model_folder, wanted.rewritten)
        except (IndexDamaged, ModelUnavailable) as problem:
            log.error("posts are not searched by meaning: %s", type(problem).__name__)
            return Proposed()
        found = generation.search(vector, wanted.terms, reader.audiences, CANDIDATES)
        return Proposed(found, wanted.language)

    def near(
        self, question: str, reader: Reader, limit: int, likely_language: str = ""
    ) -> list[Near]:
        """The posts near enough to be shown unasked, best first, each once. The caller looks in
        the forum itself whether they still stand there."""
        reader = reader.now()
        proposed = self.proposed(question, reader, likely_language)
        if not proposed.candidates:
            return []
        with reading(self.engine) as session:
            stretches = stretches_of(session, proposed.ids, reader)
        best: dict[int, Near] = {}
        for passage in proposed.best(stretches):
            best.setdefault(stretches[passage].post_id, stretches[passage])
        return list(best.values())[:limit]


def stretches_of(session: Session, passages: Iterable[int], reader: Reader) -> dict[int, Near]:
    """By passage id: where it stands, if this reader may find it."""
    found = session.execute(
        select(
            ContributionPassage.id,
            Contribution.post_id,
            Contribution.topic_id,
            ContributionPassage.start,
            ContributionPassage.end,
        )
        .join(Contribution, Contribution.id == ContributionPassage.contribution_id)
        .where(ContributionPassage.id.in_(list(passages)), findable_by(reader))
    )
    return {passage: Near(*place) for passage, *place in found}


def is_near(candidate: Candidate) -> bool:
    """Whether it is near enough to be shown to somebody who only searches."""
    return candidate.dense - candidate.usual >= NEARER or candidate.coverage >= SAME_WORDS
