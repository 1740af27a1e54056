"""Chooses the sentences that answer: of those of the best passages the few that say most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.asking import Asked
from knowledge.evidence import Evidence, Retrieval
from knowledge.kinds import kinds_in
from knowledge.models import Document
from knowledge.names import definition_name
from knowledge.phrases import share_held
from knowledge.protocols import Embedder, Vectors
from knowledge.references import place_terms
from knowledge.statements import Stretch, quotable
from knowledge.terms import terms_of
from knowledge.worth import acts_of, is_in_force, malus

MOST_STATEMENTS = 4
MOST_PER_DOCUMENT = 3
# A sentence this far below the best one says something else (scores are cosine plus hints).
MARGIN = 0.08
LOOKED_AT = 10
WEIGHT_OF_WORDS = 0.15
# Of what speaks for the passage as a whole: its score, and once more what it lost by being a draft,
# superseded or a recital.
WEIGHT_OF_PASSAGE = 0.06
WEIGHT_OF_MALUS = 0.1
WEIGHT_OF_PLACE = 0.05
WEIGHT_OF_KIND = 0.03
WEIGHT_OF_DEFINITION = 0.1
WEIGHT_OF_PHRASE = 0.15
# Two sentences with this share of words in common say the same; so do two sentences of different
# languages with this cosine (translations of one another have 0.87 to 0.95, others up to 0.90).
SAME_WORDS = 0.7
SAME_MEANING = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence that may be quoted: offsets into the canonical text, and how well it fits.
    ``likeness`` is its cosine with the question; ``score`` counts from what is usual for the
    language, and adds what else speaks for it. ``is_where_asked``: it stands in the very place that
    the question names."""

    evidence: Evidence
    start: int
    end: int
    text: str
    likeness: float
    score: float
    vector: Vectors
    is_where_asked: bool = False


def choose_sentences(scored: Sequence[Choice]) -> list[Choice]:
    """The few sentences that say most about the question, in the order in which they are shown:
    grouped by document and section, the best first, inside a section as they stand there; but
    the place that the question names leads."""
    ranked = sorted(scored, key=lambda choice: -choice.score)
    kept: list[Choice] = []
    for choice in ranked:
        if choice.score >= ranked[0].score - MARGIN and _adds_something(choice, kept):
            kept.append(choice)
        if len(kept) == MOST_STATEMENTS:
            break
    return _grouped(kept)


def nearest_sentences(scored: Sequence[Choice]) -> list[Choice]:
    """The best sentence of each passage, best first, for “nearest, not an answer”."""
    best: dict[int, Choice] = {}
    for choice in sorted(scored, key=lambda choice: -choice.score):
        best.setdefault(choice.evidence.passage.id, choice)
    return list(best.values())


def scored_sentences(found: Retrieval) -> list[Choice]:
    """The sentences of the evidence that look most like an answer, with their likeness."""
    if found.embedder is None or found.vector is None:
        return []
    looked_at = _most_promising(found)
    vectors = _vectors(found.embedder, looked_at)
    return [
        Choice(
            sentence.evidence,
            *sentence.stretch,
            likeness=float(cosine),
            score=float(cosine) - sentence.evidence.candidate.usual + sentence.hints,
            vector=vector,
            is_where_asked=sentence.share_of_places == 1,
        )
        for sentence, vector, cosine in zip(looked_at, vectors, vectors @ found.vector, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """``hints`` are what speaks for it beside its likeness, in the scale of a cosine.
    ``share_of_places``: how many of the places that the question names it stands in."""

    evidence: Evidence
    stretch: Stretch
    share_of_places: float
    hints: float


def _most_promising(found: Retrieval) -> list[_Sentence]:
    """Embedding costs most of an answer's time, so only the LOOKED_AT best are embedded alone, by
    hints and by the stored vectors of the sentences."""
    sentences = [
        _sentence(found.asked, evidence, stretch)
        for evidence in found.evidence
        for stretch in quotable(evidence)
    ]
    promise = {id(s): s.hints + _likeness_in_context(s, found.vector) for s in sentences}
    ranked = sorted(sentences, key=lambda sentence: -promise[id(sentence)])
    return ranked[:LOOKED_AT]


def _sentence(asked: Asked, evidence: Evidence, stretch: Stretch) -> _Sentence:
    text = stretch[2]
    places = _share_of_places(asked, evidence, stretch)
    hints = (
        WEIGHT_OF_WORDS * _share(asked, text, evidence.candidate.language)
        + WEIGHT_OF_PASSAGE * evidence.score
        - WEIGHT_OF_MALUS * malus(evidence)
        + WEIGHT_OF_PLACE * places
        + WEIGHT_OF_KIND * bool(asked.kinds and asked.kinds & kinds_in(text))
        + WEIGHT_OF_DEFINITION * _defines(asked, evidence, stretch)
        + WEIGHT_OF_PHRASE * share_held(text, asked.phrases)
    )
    return _Sentence(evidence, stretch, places, hints)


def _likeness_in_context(sentence: _Sentence, question: Vectors | None) -> float:
    """The cosine of the question with the stored vector of the sentences of a stretch; that of the
    whole passage where none are stored."""
    evidence = sentence.evidence
    rows, spans = evidence.vectors, evidence.passage.sentences
    usual = evidence.candidate.usual
    if rows is None or question is None or len(rows) != len(spans):
        return evidence.candidate.dense - usual
    start, end, _ = sentence.stretch
    inside = [place for place, span in enumerate(spans) if span[0] >= start and span[1] <= end]
    if not inside:
        return evidence.candidate.dense - usual
    mean = rows[inside].mean(axis=0)
    return float(mean @ question) / max(float(np.linalg.norm(mean)), 1e-9) - usual


def _share(asked: Asked, text: str, language: str) -> float:
    """The share of the question's longer words that stand in the sentence."""
    words = {stem for stem in asked.terms.stems if len(stem) > 3}
    return len(words & set(terms_of(text, language).stems)) / len(words) if words else 0.0


def _share_of_places(asked: Asked, evidence: Evidence, stretch: Stretch) -> float:
    """How many of the places that the question names the stretch stands in: of Article 5(1)(h) the
    point (h) before the point (b)."""
    if not asked.places:
        return 0.0
    start, end, _ = stretch
    spans = zip(evidence.passage.sentences, evidence.passage.places, strict=False)
    places = [place for span, place in spans if start <= span[0] < end]
    names = set(place_terms(evidence.passage.section, places))
    return len(names & set(asked.places)) / len(asked.places)


def _defines(asked: Asked, evidence: Evidence, stretch: Stretch) -> bool:
    """Whether the stretch defines what the question asks the meaning of."""
    if not asked.defined:
        return False
    return any(
        definition_name(str(term), evidence.candidate.language) in asked.defined
        and stretch[0] <= evidence.passage.sentences[int(place)][0] < stretch[1]
        for place, term in evidence.passage.definitions
    )


def _vectors(embedder: Embedder, sentences: Sequence[_Sentence]) -> Vectors:
    if not sentences:
        return np.empty((0, embedder.dimension), np.float32)
    return embedder.embed_passages([_in_context(s.evidence, s.stretch[2]) for s in sentences])


def _in_context(evidence: Evidence, text: str) -> str:
    """A sentence under its heading: a point of a list often does not say what it is about."""
    return "\n".join([*evidence.passage.section[-1:], text])


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


def older_documents(choices: Sequence[Choice]) -> frozenset[int]:
    """The ids of the documents of which another one here is a newer text on the same act."""
    documents = {choice.evidence.document.id: choice.evidence.document for choice in choices}
    return frozenset(
        one.id
        for one in documents.values()
        if any(_is_newer(other, one) for other in documents.values())
    )


def _is_newer(one: Document, other: Document) -> bool:
    """Dates may be a year or a month; what they have in common decides."""
    known = min(len(one.date), len(other.date))
    is_later = one.date[:known] > other.date[:known]
    return is_later and bool(acts_of(one.title) & acts_of(other.title))


def _grouped(kept: Sequence[Choice]) -> list[Choice]:
    """``kept`` is best first, and so are the documents, and inside a document its sections. What is
    in force leads, and where versions may disagree the newer."""
    older = older_documents(kept)
    by_id = {choice.evidence.document.id: choice.evidence.document for choice in kept}
    documents = sorted(by_id, key=lambda id: (not is_in_force(by_id[id]), id in older))
    sections = list(dict.fromkeys(_section(choice) for choice in kept))
    return sorted(
        kept,
        key=lambda choice: (
            documents.index(choice.evidence.document.id),
            sections.index(_section(choice)),
            not choice.is_where_asked,
            choice.start,
        ),
    )


def _section(choice: Choice) -> tuple[int, tuple[str, ...]]:
    return choice.evidence.document.id, tuple(choice.evidence.passage.section)
