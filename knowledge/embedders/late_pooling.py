"""The vectors of a text's sentences, taken out of the forward pass that embeds the text.

The mean of the token vectors of a sentence knows what stands around the sentence, which the
sentence embedded alone does not, and costs nothing. Described by Günther et al. (2024), "Late
Chunking: Contextual Chunk Embeddings Using Long-Context Embedding Models".
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.protocols import Span, Vectors

WHOLE = sys.maxsize


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a model read: the vector of each token, shape (tokens, dimension), and the characters
    that it covers, shape (tokens, 2); nothing, (0, 0), for those that are no part of the text.
    ``end`` is where the reading was cut off, or ``WHOLE``."""

    vectors: Vectors
    places: npt.NDArray[np.int64]
    end: int = WHOLE


def pooled(tokens: Tokens, spans: Sequence[Span], alone: Callable[[int], Vectors]) -> Vectors:
    """One unit row per span. ``alone(n)`` embeds the n-th by itself: it is asked where the model
    did not read to the end of the span, or has no token inside."""
    rows = np.empty((len(spans), tokens.vectors.shape[1]), np.float32)
    for number, (start, end) in enumerate(spans):
        inside = (tokens.places[:, 0] < end) & (tokens.places[:, 1] > start)
        if end > tokens.end or not inside.any():
            rows[number] = alone(number)
            continue
        total = tokens.vectors[inside].sum(axis=0)
        rows[number] = total / max(float(np.linalg.norm(total)), 1e-12)
    return rows
