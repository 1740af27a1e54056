"""Chooses the sentences that answer, and lets none out that is not on the stored page."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from knowledge.answers import Citation
from knowledge.canonical import pages_between
from knowledge.evidence import Evidence, Retrieval
from knowledge.guard.instructions import addresses_an_assistant
from knowledge.orm import reading
from knowledge.protocols import Vectors
from knowledge.statements import quotable
from knowledge.terms import terms_of

log = logging.getLogger(__name__)

MOST_STATEMENTS = 4
MOST_PER_DOCUMENT = 3
# A sentence this far below the best one says something else (scores are cosine plus coverage).
MARGIN = 0.08
WEIGHT_OF_WORDS = 0.15
WEIGHT_OF_PASSAGE = 0.1
# Two sentences with this share of words in common say the same; so do two sentences of different
# languages with this cosine (translations of one another have 0.87 to 0.95, others up to 0.90).
SAME_WORDS = 0.7
SAME_MEANING = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence that may be quoted: offsets into the canonical text, and how well it fits.
    ``likeness`` is its cosine with the question, ``score`` also counts words and the passage."""

    evidence: Evidence
    start: int
    end: int
    text: str
    likeness: float
    score: float
    vector: Vectors


def choose_sentences(scored: Sequence[Choice]) -> list[Choice]:
    """The few sentences that say most about the question, in the order in which they are shown:
    grouped by document and section, the best first, inside a section as they stand there."""
    ranked = sorted(scored, key=lambda choice: -choice.score)
    kept: list[Choice] = []
    for choice in ranked:
        if choice.score >= ranked[0].score - MARGIN and _adds_something(choice, kept):
            kept.append(choice)
        if len(kept) == MOST_STATEMENTS:
            break
    return _grouped(kept)


def nearest_sentences(scored: Sequence[Choice], limit: int = 3) -> list[Choice]:
    """The best sentence of each of the best passages, for “nearest, not an answer”."""
    best: dict[int, Choice] = {}
    for choice in sorted(scored, key=lambda choice: -choice.score):
        best.setdefault(choice.evidence.passage.id, choice)
    return list(best.values())[:limit]


def scored_sentences(found: Retrieval) -> list[Choice]:
    """Every sentence of the evidence, with its likeness to the question."""
    if found.embedder is None or found.vector is None:
        return []
    bare = [(evidence, *piece) for evidence in found.evidence for piece in quotable(evidence)]
    vectors = found.embedder.embed_passages([_in_context(e, text) for e, _, _, text in bare])
    likeness = vectors @ found.vector
    asked = frozenset(terms_of(found.question, found.language).stems)
    best_passage = max((evidence.score for evidence in found.evidence), default=1.0) or 1.0
    return [
        Choice(
            evidence,
            start,
            end,
            text,
            float(cosine),
            float(cosine)
            + WEIGHT_OF_WORDS * _share(asked, text, evidence.passage.language)
            + WEIGHT_OF_PASSAGE * evidence.score / best_passage,
            vector,
        )
        for (evidence, start, end, text), vector, cosine in zip(
            bare, vectors, likeness, strict=True
        )
    ]


def _in_context(evidence: Evidence, text: str) -> str:
    """A sentence under its heading: a point of a list often does not say what it is about."""
    return "\n".join([*evidence.passage.section[-1:], text])


def _share(asked: frozenset[str], text: str, language: str) -> float:
    """The share of the question's longer words that stand in the sentence."""
    words = {stem for stem in asked if len(stem) > 3}
    return len(words & set(terms_of(text, language).stems)) / len(words) if words else 0.0


def _adds_something(choice: Choice, kept: Sequence[Choice]) -> bool:
    same_document = [c for c in kept if c.evidence.document.id == choice.evidence.document.id]
    if len(same_document) >= MOST_PER_DOCUMENT:
        return False
    return not any(_overlap(choice, other) or _says_the_same(choice, other) for other in kept)


def _overlap(one: Choice, other: Choice) -> bool:
    same_version = one.evidence.version.id == other.evidence.version.id
    return same_version and one.start < other.end and other.start < one.end


def _says_the_same(one: Choice, other: Choice) -> bool:
    if one.evidence.passage.language != other.evidence.passage.language:
        return float(one.vector @ other.vector) >= SAME_MEANING
    words, others = set(one.text.casefold().split()), set(other.text.casefold().split())
    return len(words & others) / max(1, len(words | others)) >= SAME_WORDS


def _grouped(kept: Sequence[Choice]) -> list[Choice]:
    """``kept`` is best first, and so are the documents, and inside a document its sections."""
    documents = list(dict.fromkeys(choice.evidence.document.id for choice in kept))
    sections = list(dict.fromkeys(_section(choice) for choice in kept))
    return sorted(
        kept,
        key=lambda choice: (
            documents.index(choice.evidence.document.id),
            sections.index(_section(choice)),
            choice.start,
        ),
    )


def _section(choice: Choice) -> tuple[int, tuple[str, ...]]:
    return choice.evidence.document.id, tuple(choice.evidence.passage.section)


def verified_citation(engine: Engine, choice: Choice, number: int) -> Citation | None:
    """The citation of a sentence, read again from the stored page and compared character by
    character; None, and an error in the log, where the page does not say exactly that."""
    version, document = choice.evidence.version, choice.evidence.document
    with reading(engine) as session:
        pages = pages_between(session, version.id, choice.start, choice.end)
        stored = "".join(
            page.text[max(0, choice.start - page.start) : choice.end - page.start] for page in pages
        )
    if not stored or stored != choice.text:
        log.error("quote_mismatch version=%s start=%s end=%s", version.id, choice.start, choice.end)
        return None
    if addresses_an_assistant(stored):  # of a version that was indexed by older rules
        log.warning("order_not_quoted version=%s start=%s", version.id, choice.start)
        return None
    return Citation(
        n=number,
        document_id=document.id,
        document=document.path,
        title=document.title,
        type=document.type,
        status=str(document.status),
        date=document.date,
        publisher=document.publisher,
        language=choice.evidence.passage.language or document.language,
        version=version.number,
        page=pages[0].number if version.has_pages else None,
        printed_page=pages[0].label if version.has_pages else None,
        section=tuple(choice.evidence.passage.section),
        start=choice.start,
        end=choice.end,
        quote=stored,
        place=choice.evidence.place_at(choice.start),
    )
