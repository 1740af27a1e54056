"""One search over several parts, each of which proposes its best."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from knowledge.index.part import Hits, Part
from knowledge.protocols import Candidate, Terms, Vectors

FEW = 20


def search_parts(
    parts: Sequence[Part], question: Vectors, terms: Terms, limit: int
) -> list[Candidate]:
    """The ``limit`` best of all parts by likeness, by words and by names."""
    hits = [part.search(question, terms, limit) for part in parts if len(part.ids)]
    if not hits:
        return []
    chosen = _chosen(hits, limit)
    usual = _usual_likeness(parts, question)
    ends = np.cumsum([len(found.rows) for found in hits])
    pieces = np.split(chosen, np.searchsorted(chosen, ends[:-1]))
    starts = [0, *ends[:-1]]
    return [
        candidate
        for found, piece, start in zip(hits, pieces, starts, strict=True)
        for candidate in _candidates(found, piece - start, terms, usual)
    ]


def _chosen(hits: Sequence[Hits], limit: int) -> Any:
    """Places in the hits, one behind the other, in rising order."""
    ids = np.concatenate([found.ids for found in hits])
    dense = np.concatenate([found.dense for found in hits])
    lexical = np.concatenate([found.lexical for found in hits])
    named = np.concatenate([found.named for found in hits])
    by_words = np.lexsort((ids, -lexical))[:limit]
    by_names = np.lexsort((ids, -dense, -named))[:limit]
    best = (
        np.lexsort((ids, -dense))[:limit],
        by_words[lexical[by_words] > 0],
        by_names[named[by_names] > 0],
    )
    return np.unique(np.concatenate(best))


def _candidates(
    found: Hits, places: Any, terms: Terms, usual: dict[str, float]
) -> Iterator[Candidate]:
    part, rows = found.part, found.rows[places]
    coverage = part.lexical.coverage(terms, rows)
    for place, row, covered in zip(places, rows, coverage, strict=True):
        language = part.lexical.languages[row]
        likeness = float(found.dense[place])
        yield Candidate(
            int(found.ids[place]),
            part.audience,
            language,
            usual[language] if math.isnan(likeness) else likeness,
            float(found.lexical[place]),
            float(covered),
            float(found.named[place]),
            usual[language],
        )


def _usual_likeness(parts: Sequence[Part], question: Vectors) -> dict[str, float]:
    """By language: the mean inner product of all its vectors in these parts with the question.

    A language of few passages says little about itself: its mean is drawn to that of all, as if
    FEW passages of the average kind stood beside them.
    """
    counts: Counter[str] = Counter()
    totals: dict[str, float] = defaultdict(float)
    for part in parts:
        for language, (count, total) in part.sums.items():
            counts[language] += count
            totals[language] += float(total @ question)
    overall = sum(totals.values()) / max(1, counts.total())
    return {
        language: (totals[language] + FEW * overall) / (count + FEW)
        for language, count in counts.items()
    }
