"""The stored vectors of the sentences of passages, so that a question embeds nothing but itself."""

from collections.abc import Iterable

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.models import Embedding
from knowledge.protocols import Vectors

STORED = np.dtype("<f2")  # rounds a cosine by less than 0.001, at half the size


def packed(sentences: Vectors) -> bytes:
    """The rows as ``Embedding.sentences`` keeps them."""
    return np.ascontiguousarray(sentences, STORED).tobytes()


def sentence_vectors(
    session: Session, fingerprint: str, hashes: Iterable[str]
) -> dict[str, Vectors]:
    """By the hash of a passage's text, one row for each of its sentences: float32, of length 1.

    One query. A text whose sentences have no stored vectors is not in it.
    """
    stored = select(Embedding.text_hash, Embedding.vector, Embedding.sentences).where(
        Embedding.fingerprint == fingerprint,
        Embedding.text_hash.in_(list(hashes)),
        Embedding.sentences.is_not(None),
    )
    return {
        name: _unpacked(sentences or b"", len(vector) // 4)
        for name, vector, sentences in session.execute(stored)
    }


def _unpacked(stored: bytes, dimension: int) -> Vectors:
    rows = np.frombuffer(stored, STORED).reshape(-1, dimension).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(lengths, np.float32(1e-12))
    return unit
