"""How long a search takes among many made-up passages in ten audiences, and what it misses."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from hub.cli.measuring.figures import Figure, percentile
from knowledge.index import FileIndex
from knowledge.protocols import Entry, PartChange, Terms, Vectors

DIMENSION = 384
SHARES = {f"audience {n}": s / 100 for n, s in enumerate((1, 10, 2, 3, 4, 10, 10, 20, 20, 20))}
READERS = {
    "100 %": frozenset(SHARES),
    "10 %": frozenset({"audience 1"}),
    "1 %": frozenset({"audience 0"}),
}
LANGUAGES = ("en", "de", "fr", "nl", "el")
VOCABULARY, WORDS, ASKED_WORDS = 60_000, 110, 10
QUESTIONS = 40
LIMIT, TOP = 100, 10


@dataclass(frozen=True)
class _Library:
    """``parts`` has the rows of each audience in ``vectors``; passage ``n`` is row ``n``."""

    index: FileIndex
    vectors: Vectors
    parts: dict[str, range]


def measure_search(passages: int, rounds: int) -> list[Figure]:
    """The readers take turns. Recall is the share of the ten nearest passages, found by comparing
    with every visible one, that the search proposes."""
    random = np.random.default_rng(1)
    with TemporaryDirectory() as folder:
        library = _library(Path(folder), passages, random)
        questions = [_question(library.vectors, random) for _ in range(QUESTIONS)]
        times, recalls = _times(library, questions, rounds)
    return [
        figure
        for name in READERS
        for figure in (
            Figure("search", f"{name}, p50", percentile(times[name], 50), "ms"),
            Figure("search", f"{name}, p95", percentile(times[name], 95), "ms", 30),
            Figure("search", f"{name}, recall", float(np.mean(recalls[name])), "", 1.0, True),
        )
    ] + [Figure("search", "passages", passages, "passages")]


def _library(folder: Path, passages: int, random: np.random.Generator) -> _Library:
    vectors = random.standard_normal((passages, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ends = np.round(np.cumsum(list(SHARES.values())) * passages).astype(int)
    parts = {
        audience: range(start, end)
        for audience, start, end in zip(SHARES, [0, *ends[:-1]], ends, strict=True)
    }
    index = FileIndex(folder)
    words = _words(random, passages * WORDS).reshape(passages, WORDS)
    changes = {
        audience: PartChange(frozenset(), [_entry(row, words[row], vectors[row]) for row in rows])
        for audience, rows in parts.items()
    }
    index.replace("synthetic", "synthetic", changes)
    return _Library(FileIndex(folder), vectors, parts)


def _entry(row: int, words: Any, vector: Vectors) -> Entry:
    return Entry(row, LANGUAGES[row % len(LANGUAGES)], _stems(words), vector)


def _words(random: np.random.Generator, count: int) -> Any:
    """Words as texts have them: the n-th most frequent one occurs 1/n as often (Zipf's law)."""
    odds = 1 / np.arange(1, VOCABULARY + 1)
    return random.choice(VOCABULARY, count, p=odds / odds.sum())


def _stems(words: Any) -> tuple[str, ...]:
    return tuple(f"w{word}" for word in words)


def _question(vectors: Vectors, random: np.random.Generator) -> tuple[Vectors, Terms]:
    """A vector near that of some passage, and words of any frequency."""
    near = vectors[random.integers(len(vectors))] + 0.02 * random.standard_normal(DIMENSION)
    vector = np.asarray(near / np.linalg.norm(near), np.float32)
    return vector, Terms("en", _stems(_words(random, ASKED_WORDS)))


def _times(
    library: _Library, questions: Sequence[tuple[Vectors, Terms]], rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds and recalls by reader; an unmeasured round warms up."""
    generation = library.index.generation()
    times: dict[str, list[float]] = {name: [] for name in READERS}
    recalls: dict[str, list[float]] = {name: [] for name in READERS}
    for turn in range(rounds + 1):
        for vector, terms in questions:
            for name, audiences in READERS.items():
                start = time.perf_counter()
                found = generation.search(vector, terms, audiences, LIMIT)
                if turn:
                    times[name].append((time.perf_counter() - start) * 1000)
                    continue
                ids = {candidate.passage_id for candidate in found}
                recalls[name].append(_recall(library, vector, audiences, ids))
    return times, recalls


def _recall(library: _Library, vector: Vectors, audiences: frozenset[str], ids: set[int]) -> float:
    rows = np.concatenate([np.array(library.parts[audience]) for audience in sorted(audiences)])
    nearest = rows[np.argsort(-(library.vectors[rows] @ vector), kind="stable")[:TOP]]
    return len(ids & set(nearest.tolist())) / max(1, len(nearest))
