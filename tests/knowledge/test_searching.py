"""The search against its definition: every score computed anew, passage by passage."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from knowledge.index import FileIndex
from knowledge.index.lexical import K1, B
from knowledge.protocols import Candidate, Entry, PartChange, Terms, Vectors

LANGUAGES = ("en", "de", "el")
AUDIENCES = ("public", "police", "staff")
LIMIT = 7
WORDS = [f"w{number}" for number in range(40)]


def library(seed: int) -> dict[str, list[Entry]]:
    """Some passages per audience; few words, so that many scores are equal."""
    random = np.random.default_rng(seed)
    odds = 1 / np.arange(1, len(WORDS) + 1)
    entries: dict[str, list[Entry]] = {audience: [] for audience in AUDIENCES}
    for number in range(1, 700):
        stems = random.choice(WORDS, random.integers(1, 30), p=odds / odds.sum()).tolist()
        vector = unit(random.standard_normal(16))
        language = str(random.choice(LANGUAGES, p=[0.7, 0.2, 0.1]))
        names = ("=5", "=6")[: int(random.integers(0, 3))]
        audience = str(random.choice(AUDIENCES))
        entries[audience].append(Entry(number, language, tuple(stems), vector, names))
    return entries


def unit(vector: object) -> Vectors:
    row = np.asarray(vector, np.float32)
    return np.asarray(row / np.linalg.norm(row), np.float32)


def defined_scores(part: list[Entry], terms: Terms) -> dict[int, tuple[float, float]]:
    """(BM25, coverage) by passage, from the definition, within one part."""
    scores = {}
    for entry in part:
        same = [other for other in part if other.language == entry.language]
        mean = sum(len(other.stems) for other in same) / len(same)
        bm25 = covered = wanted = 0.0
        for stem, times in Counter(terms.stems).items():
            holding = sum(stem in other.stems for other in same)
            idf = math.log1p((len(same) - holding + 0.5) / (holding + 0.5))
            count = entry.stems.count(stem)
            norm = K1 * (1 - B + B * len(entry.stems) / mean)
            bm25 += times * idf * count * (K1 + 1) / (count + norm)
            covered += idf if count else 0
            wanted += idf
        scores[entry.passage_id] = (bm25, covered / wanted)
    return scores


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("audiences", [{"public"}, {"police", "staff"}, set(AUDIENCES)])
def test_the_best_by_each_arm_are_found_with_exact_scores(
    tmp_path: Path, seed: int, audiences: set[str]
) -> None:
    entries = library(seed)
    index = FileIndex(tmp_path)
    index.replace("e", "f", {a: PartChange(frozenset(), part) for a, part in entries.items()})
    random = np.random.default_rng(seed + 100)
    question = unit(random.standard_normal(16))
    terms = Terms("en", ("w3", "w30", "w3", "w39", "w0", "unknown"), names=("=5", "=6"))

    found = index.generation().search(question, terms, frozenset(audiences), LIMIT)

    seen = [entry for audience in audiences for entry in entries[audience]]
    words = {k: v for a in audiences for k, v in defined_scores(entries[a], terms).items()}
    dense = {e.passage_id: float(e.vector @ question) for e in seen}
    named = {e.passage_id: len(e.names) / 2 for e in seen}
    for candidate in found:
        known = (dense, {k: v[0] for k, v in words.items()}, {k: v[1] for k, v in words.items()})
        expected = [scores[candidate.passage_id] for scores in known]
        given = [candidate.dense, candidate.lexical, candidate.coverage]
        assert given == pytest.approx(expected, rel=1e-5, abs=1e-6)
        assert candidate.named == pytest.approx(named[candidate.passage_id])
    by_words = [score for _, (score, _) in words.items()]
    assert best(found, "dense") == pytest.approx(highest(list(dense.values())), abs=1e-6)
    assert best(found, "lexical") == pytest.approx(highest(by_words), rel=1e-5)
    assert best(found, "named") == highest(list(named.values()))


def test_equal_scores_are_chosen_in_the_order_of_the_passages(tmp_path: Path) -> None:
    same = [Entry(number, "en", ("law",), unit([1, 0]), ("=5",)) for number in range(50, 10, -1)]
    index = FileIndex(tmp_path)
    index.replace("e", "f", {"public": PartChange(frozenset(), same)})

    found = index.generation().search(
        unit([0.5, 1]), Terms("en", ("law",), names=("=5",)), frozenset({"public"}), 3
    )

    assert sorted(candidate.passage_id for candidate in found) == [11, 12, 13]


def best(found: list[Candidate], arm: str) -> list[float]:
    return highest([getattr(candidate, arm) for candidate in found])


def highest(scores: list[float]) -> list[float]:
    return sorted(scores, reverse=True)[:LIMIT]
