"""The part of one audience: a dense and a lexical arm over the same rows."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.index.lexical import LexicalPart, empty_part
from knowledge.protocols import PartChange, Terms, Vectors

DENSE_FILE = "dense.faiss"
IDS_FILE = "ids.npy"
SUMMED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Part:
    """Row ``r`` of ``dense`` (a FAISS flat inner product index) and of ``lexical`` is the passage
    ``ids[r]``. Rows are in the order of their ids, so that equal contents give equal results.
    The row of a passage without a vector holds zeros in ``dense``."""

    audience: str
    ids: Any
    dense: Any
    lexical: LexicalPart

    def search(self, question: Vectors, terms: Terms, limit: int) -> "Hits":
        """The ``limit`` best rows by each arm; there must be rows."""
        bm25, named = self.lexical.score(terms), self.lexical.named(terms)
        found = (
            self._nearest(question, limit),
            _best(bm25, limit),
            self._best_named(question, named, limit),
        )
        rows = np.unique(np.concatenate(found))
        dense = self._likeness(question, rows)
        return Hits(self, rows, self.ids[rows], dense, bm25[rows], named[rows])

    def _nearest(self, question: Vectors, limit: int) -> Any:
        _, rows = self.dense.search(question.reshape(1, -1), min(limit, len(self.ids)))
        return rows[0]

    def _best_named(self, question: Vectors, named: Any, limit: int) -> Any:
        """The rows that carry most of the names; of equal ones the nearest."""
        rows = np.flatnonzero(named)
        if len(rows) <= limit:
            return rows
        return rows[np.lexsort((-self._likeness(question, rows), -named[rows]))[:limit]]

    @cached_property
    def sums(self) -> dict[str, tuple[int, Any]]:
        """By language: how many rows have a vector, and the sum of these."""
        languages = np.array(self.lexical.languages)
        totals = {}
        for language in sorted(set(self.lexical.languages)):
            rows = np.flatnonzero(languages == language)
            count, total = 0, np.zeros(int(self.dense.d))
            for some in np.array_split(rows, len(rows) // SUMMED_AT_ONCE + 1):
                vectors = self.dense.reconstruct_batch(some)
                count += int(vectors.any(axis=1).sum())
                total += vectors.sum(axis=0, dtype=np.float64)
            totals[language] = (count, total)
        return totals

    def _likeness(self, question: Vectors, rows: Any) -> Vectors:
        """The inner products of these rows, each computed alone: a score does not depend on
        what else is in the part. NaN, which sorts behind all, where there is no vector."""
        vectors = self.dense.reconstruct_batch(rows.astype(np.int64))
        likeness: Vectors = np.einsum("ij,j->i", vectors, question)
        likeness[~vectors.any(axis=1)] = np.nan
        return likeness

    def changed(self, change: PartChange) -> "Part":
        known = set(self.ids.tolist())
        added = sorted(
            (entry for entry in change.add if entry.passage_id not in known - change.remove),
            key=lambda entry: entry.passage_id,
        )
        kept = ~np.isin(self.ids, sorted(change.remove))
        dimension = int(self.dense.d)
        vectors = np.array([entry.vector for entry in added], np.float32).reshape(-1, dimension)
        ids = np.concatenate([self.ids[kept], [entry.passage_id for entry in added]])
        # What comes back, after it was for others or was embedded anew, has an older id than some.
        order = np.argsort(ids, kind="stable")
        return Part(
            self.audience,
            ids[order].astype(np.int64),
            _flat(_rows(self.dense, kept), vectors, order),
            self.lexical.changed(kept, added, order),
        )

    def save(self, folder: Path) -> None:
        np.save(folder / IDS_FILE, self.ids, allow_pickle=False)
        _faiss().write_index(self.dense, str(folder / DENSE_FILE))
        self.lexical.save(folder)

    @classmethod
    def load(cls, audience: str, folder: Path) -> "Part":
        dense = _faiss().read_index(str(folder / DENSE_FILE))
        ids = np.load(folder / IDS_FILE, allow_pickle=False)
        return cls(audience, ids, dense, LexicalPart.load(folder))


@dataclass(frozen=True, slots=True)
class Hits:
    """What a part proposes: rows in rising order, and beside each its id and its scores."""

    part: Part
    rows: Any
    ids: Any
    dense: Vectors
    lexical: Vectors
    named: Vectors


def empty(audience: str, dimension: int) -> Part:
    flat = _faiss().IndexFlatIP(dimension)
    return Part(audience, np.zeros(0, np.int64), flat, empty_part())


@cache
def _faiss() -> Any:
    """The library, with one thread per search: requests run side by side already."""
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


def _rows(dense: Any, kept: Any) -> Vectors:
    vectors: Vectors = dense.reconstruct_n(0, dense.ntotal)[kept]
    return vectors


def _flat(kept: Vectors, added: Vectors, order: Any) -> Any:
    index = _faiss().IndexFlatIP(kept.shape[1])
    in_order = bool((np.diff(order) > 0).all())  # as nearly always: no copy of all is made
    for vectors in (kept, added) if in_order else (np.concatenate([kept, added])[order],):
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def _best(scores: Any, limit: int) -> Any:
    """The rows of the ``limit`` highest scores above 0; equal scores in the order of the rows."""
    rows = np.flatnonzero(scores)
    if len(rows) > limit:
        least = np.partition(scores[rows], -limit)[-limit]
        above, equal = rows[scores[rows] > least], rows[scores[rows] == least]
        rows = np.concatenate([above, equal[: limit - len(above)]])
    return rows
