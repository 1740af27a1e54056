"""A small embedder without a model: texts that share words or parts of words are near."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from knowledge.embedders.plain_text import plain
from knowledge.protocols import Span, Vectors

LONGEST = 20_000
PART = 4  # characters: long enough to carry a stem, short enough to survive an ending
WORD_WEIGHT, PART_WEIGHT = 1.0, 0.3


class HashingEmbedder:
    """Adds up hashed words and parts of words; for fast tests, not for real search.

    The hash is CRC-32, so that vectors are equal on every machine and in every process.
    """

    spec = "hashing"

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.fingerprint = f"hashing-1-{dimension}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._rows(texts)

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Vectors, Vectors]]:
        rows = self.embed_passages(texts)
        return [
            (row, self._rows([text[start:end] for start, end in places]))
            for row, text, places in zip(rows, texts, spans, strict=True)
        ]

    def embed_question(self, text: str) -> Vectors:
        return self._vector(text)

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = [self._vector(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self.dimension)

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        for feature, weight in _features(plain(text, LONGEST).casefold()).items():
            code = crc32(feature.encode())
            sign = 1 if code >> 31 else -1
            vector[code % self.dimension] += sign * weight
        if not vector.any():
            vector[0] = 1
        return vector / np.linalg.norm(vector)


def _features(text: str) -> Counter[str]:
    features: Counter[str] = Counter()
    for word in re.findall(r"\w+", text):
        features[word] += WORD_WEIGHT  # type: ignore[assignment]
        for part in _parts(word):
            features[f"~{part}"] += PART_WEIGHT  # type: ignore[assignment]
    return features


def _parts(word: str) -> Iterator[str]:
    return (word[start : start + PART] for start in range(len(word) - PART + 1))
