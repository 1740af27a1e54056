"""Answers a question with verified quotes, or says that the library does not answer it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sqlalchemy import Engine

from knowledge.access import Reader
from knowledge.answers import (
    Answered,
    AnswerEvent,
    Citation,
    Declined,
    DeclineReason,
    SourcesFound,
    Statement,
    StatementReady,
)
from knowledge.choosing import (
    Choice,
    choose_sentences,
    nearest_sentences,
    scored_sentences,
)
from knowledge.deciding import is_answered
from knowledge.evidence import Retrieval
from knowledge.guard.declining import reason_to_decline
from knowledge.language import language_of
from knowledge.orm import reading
from knowledge.quoting import verified_citation
from knowledge.reading import readable_versions
from knowledge.retrieval import Retriever, Stopwatch

NEAREST = 3


class Assistant:
    """Answers from one library, as events: sources found, statement by statement, then one last
    event, ``Answered`` or ``Declined``."""

    def __init__(self, engine: Engine, retriever: Retriever) -> None:
        self.engine = engine
        self.retriever = retriever

    def answer(
        self, question: str, reader: Reader, likely_language: str = ""
    ) -> Iterator[AnswerEvent]:
        """Every statement is a sentence of a document that ``reader`` may see, compared with the
        stored page just before it is given out. What the reader may see is looked up anew for
        each event: what is closed in the middle of an answer is not in its later events. No
        transaction is open between two events.

        Raises: IndexDamaged, ModelUnavailable.
        """
        if not any(character.isalpha() for character in question):
            yield Declined(DeclineReason.UNCLEAR, likely_language)
            return
        reason = reason_to_decline(question)
        if reason:
            yield Declined(reason, language_of(question, likely_language))
            return
        found = self.retriever.retrieve(question, reader, likely_language=likely_language)
        found = self._still_open(found, reader)
        if not found.evidence:
            yield Declined(
                DeclineReason.NOTHING_INDEXED,
                found.language,
                timings_ms=found.timings_ms,
                generation=found.generation,
            )
            return
        yield _sources(found)
        yield from self._quote(self._still_open(found, reader), reader)

    def _still_open(self, found: Retrieval, reader: Reader) -> Retrieval:
        """What was found, without what this reader may not read any more."""
        if not found.evidence:
            return found
        reader = reader.now()
        versions = {evidence.version.id for evidence in found.evidence}
        with reading(self.engine) as session:
            readable = readable_versions(session, versions, reader)
        still = tuple(e for e in found.evidence if e.version.id in readable)
        return replace(found, evidence=still)

    def _quote(self, found: Retrieval, reader: Reader) -> Iterator[AnswerEvent]:
        watch = Stopwatch(found.timings_ms)
        scored = scored_sentences(found)
        watch.lap("choose")
        if not is_answered(found, scored):
            yield self._declined(found, scored, watch.laps, reader)
            return
        said = 0
        chosen = choose_sentences(scored)
        for choice in chosen:
            citation = verified_citation(self.engine, choice, said + 1, reader, chosen)
            if citation:
                said += 1
                yield StatementReady(Statement(" ".join(citation.quote.split()), citation))
        watch.lap("verify")
        if said:
            yield Answered(watch.laps, found.generation)
        else:
            yield self._declined(found, scored, watch.laps, reader)

    def _declined(
        self, found: Retrieval, scored: list[Choice], timings: dict[str, float], reader: Reader
    ) -> Declined:
        nearest = self._verified(nearest_sentences(scored), reader)
        return Declined(
            DeclineReason.NOT_IN_LIBRARY,
            found.language,
            tuple(islice(nearest, NEAREST)),
            timings,
            found.generation,
        )

    def _verified(self, choices: Sequence[Choice], reader: Reader) -> Iterator[Citation]:
        number = 0
        for choice in choices:
            citation = verified_citation(self.engine, choice, number + 1, reader)
            if citation:
                number += 1
                yield citation


def _sources(found: Retrieval) -> SourcesFound:
    titles = dict.fromkeys(evidence.document.title for evidence in found.evidence)
    return SourcesFound(found.language, len(found.evidence), tuple(titles))
