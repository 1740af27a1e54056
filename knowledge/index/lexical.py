"""The lexical arm of a part: BM25 over stems, with statistics per language.

Scores follow Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and
Beyond", in the variant with idf = ln(1 + (N - n + 0.5) / (n + 0.5)). N, n and the mean length count
the passages of one language only: in a mixed library the function words of a rare language would
otherwise pass for rare words.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.protocols import Entry, Terms

K1 = 1.2
B = 0.75
COMMON = 500  # postings from which on a rarity is kept: there are few such terms

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LexicalPart:
    """Postings: term ``t`` stands in ``rows[starts[t]:starts[t + 1]]``, ``counts`` times each.

    ``languages`` names the language of every row, ``lengths`` its number of words.
    """

    terms: dict[str, int]
    starts: Integers
    rows: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    languages: tuple[str, ...]

    @cached_property
    def _codes(self) -> Integers:
        """The number of every row's language, in alphabetical order."""
        code = {name: number for number, name in enumerate(sorted(set(self.languages)))}
        return np.array([code[name] for name in self.languages], dtype=np.int64)

    @cached_property
    def _sizes(self) -> Doubles:
        """How many rows each language has."""
        return np.bincount(self._codes).astype(np.float64)

    @cached_property
    def _mean_lengths(self) -> Doubles:
        return np.maximum(np.bincount(self._codes, weights=self.lengths) / self._sizes, 1)

    @cached_property
    def _weights(self) -> Floats:
        """How much each posting says, before the rarity of its term: the saturated count."""
        relative = (self.lengths / self._mean_lengths[self._codes]).astype(np.float32)
        weights = self.counts.astype(np.float32)  # in place from here: there are many
        weights /= weights + (K1 * (1 - B + B * relative))[self.rows]
        weights *= K1 + 1
        return weights

    @cached_property
    def _common(self) -> dict[str, Floats]:
        """The rarity of the terms with many postings, once it was computed."""
        return {}

    def score(self, question: Terms) -> Floats:
        """BM25 of every row, shape (rows,); 0 where no term stands."""
        scores = np.zeros(len(self.languages), np.float32)
        for stem, times in Counter(question.stems).items():
            span = self._span(stem)
            rows = self.rows[span]
            if len(rows):
                rarity = times * self._rarity(stem)[self._codes[rows]]
                scores[rows] += rarity * self._weights[span]
        return scores

    def coverage(self, question: Terms, rows: Integers) -> Floats:
        """The share of the question's terms, by rarity, that each of ``rows`` holds."""
        covered = np.zeros(len(rows), np.float32)
        wanted = np.zeros(len(self._sizes), np.float32)
        for stem in dict.fromkeys(question.stems):  # in one order: sums of floats depend on it
            rarity = self._rarity(stem)
            wanted += rarity
            covered += _held(self.rows[self._span(stem)], rows) * rarity[self._codes[rows]]
        wanted = np.maximum(wanted, np.float32(1e-9))
        return np.asarray(covered / wanted[self._codes[rows]], np.float32)

    def named(self, question: Terms) -> Floats:
        """The share of the question's names that each row carries, shape (rows,)."""
        found = np.zeros(len(self.languages), np.float32)
        for name in question.names:
            found[self.rows[self._span(name)]] += 1 / len(question.names)
        return found

    def _span(self, stem: str) -> slice:
        term = self.terms.get(stem)
        if term is None:
            return slice(0, 0)
        return slice(int(self.starts[term]), int(self.starts[term + 1]))

    def _rarity(self, stem: str) -> Floats:
        """The inverse document frequency of a term in each language."""
        if (known := self._common.get(stem)) is not None:
            return known
        rows = self.rows[self._span(stem)]
        found = np.bincount(self._codes[rows], minlength=len(self._sizes))
        rarity = np.log1p((self._sizes - found + 0.5) / (found + 0.5)).astype(np.float32)
        if len(rows) >= COMMON:
            self._common[stem] = rarity
        return rarity

    def changed(
        self, kept: npt.NDArray[np.bool_], added: Sequence[Entry], order: Integers
    ) -> "LexicalPart":
        """The part with only the kept rows and the added ones. ``order`` says where its rows come
        from: places among the kept ones with the added ones behind them."""
        old_terms, old_rows, old_counts = self._forward(kept)
        terms = dict(self.terms)
        new_terms, new_rows, new_counts, lengths = _count(added, terms, int(kept.sum()))
        languages = [name for name, keep in zip(self.languages, kept, strict=True) if keep]
        languages += [entry.language for entry in added]
        place = np.argsort(order)
        return _assemble(
            terms,
            np.concatenate([old_terms, new_terms]),
            place[np.concatenate([old_rows, new_rows])],
            np.concatenate([old_counts, new_counts]),
            np.concatenate([self.lengths[kept], lengths])[order],
            tuple(languages[row] for row in order),
        )

    def _forward(self, kept: npt.NDArray[np.bool_]) -> tuple[Integers, Integers, Integers]:
        terms = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        stay = kept[self.rows]
        renumbered = np.cumsum(kept) - 1
        return terms[stay], renumbered[self.rows[stay]], self.counts[stay].astype(np.int64)

    def save(self, folder: Path) -> None:
        (folder / "terms.txt").write_text("\n".join(self.terms), encoding="utf-8")
        (folder / "languages.txt").write_text("\n".join(self.languages), encoding="utf-8")
        for name in ("starts", "rows", "counts", "lengths"):
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> "LexicalPart":
        terms = (folder / "terms.txt").read_text(encoding="utf-8").split("\n")
        languages = (folder / "languages.txt").read_text(encoding="utf-8").split("\n")
        starts, rows, counts, lengths = (
            np.load(folder / f"{name}.npy", allow_pickle=False)
            for name in ("starts", "rows", "counts", "lengths")
        )
        numbers = {term: number for number, term in enumerate(terms if len(starts) > 1 else ())}
        return cls(numbers, starts, rows, counts, lengths, tuple(languages if len(lengths) else ()))


def _held(rows: npt.NDArray[np.int32], asked: Integers) -> npt.NDArray[np.bool_]:
    """Which of ``asked`` are among ``rows``, which rise."""
    places = np.searchsorted(rows, asked)
    found = np.zeros(len(asked), bool)
    inside = places < len(rows)
    found[inside] = rows[places[inside]] == asked[inside]
    return found


def empty_part() -> LexicalPart:
    nothing = np.zeros(0, np.int32)
    return LexicalPart({}, np.zeros(1, np.int64), nothing, nothing, nothing, ())


def _count(
    added: Sequence[Entry], terms: dict[str, int], first_row: int
) -> tuple[Integers, Integers, Integers, npt.NDArray[np.int32]]:
    """Postings of the new rows; new stems and names are given a number in ``terms``. No name is
    also a stem: it holds a colon, which no word does."""
    triples: list[tuple[int, int, int]] = []
    for row, entry in enumerate(added, start=first_row):
        for term, count in (Counter(entry.stems) | Counter(set(entry.names))).items():
            triples.append((terms.setdefault(term, len(terms)), row, count))
    columns = np.array(triples, dtype=np.int64).reshape(-1, 3)
    lengths = np.array([len(entry.stems) for entry in added], dtype=np.int32)
    return columns[:, 0], columns[:, 1], columns[:, 2], lengths


def _assemble(
    terms: dict[str, int],
    of_term: Integers,
    rows: Integers,
    counts: Integers,
    lengths: npt.NDArray[np.int32],
    languages: tuple[str, ...],
) -> LexicalPart:
    """Sorts postings by term, then row; terms that stand nowhere any more are dropped, and the
    others are ordered by their spelling, so that equal contents give equal files."""
    used = np.unique(of_term)
    names = np.array(list(terms), dtype=object)[used] if len(terms) else np.zeros(0, object)
    order_of_names = sorted(range(len(names)), key=lambda position: str(names[position]))
    new_number = np.zeros(len(terms), np.int64)
    for number, position in enumerate(order_of_names):
        new_number[used[position]] = number
    of_term = new_number[of_term] if len(of_term) else of_term
    order = np.lexsort((rows, of_term))
    starts = np.zeros(len(used) + 1, np.int64)
    np.cumsum(np.bincount(of_term, minlength=len(used)), out=starts[1:])
    return LexicalPart(
        {str(names[position]): number for number, position in enumerate(order_of_names)},
        starts,
        rows[order].astype(np.int32),
        counts[order].astype(np.int32),
        lengths.astype(np.int32),
        languages,
    )
