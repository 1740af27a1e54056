"""Measures of a ranking.

nDCG with linear gain (Järvelin and Kekäläinen 2002): the sum of gain / log2(rank + 1), divided by
that of the best possible ranking.
"""

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], gains: Mapping[str, float], depth: int) -> float:
    """From 0 to 1; ``gains`` holds every relevant id."""
    ideal = sorted(gains.values(), reverse=True)[:depth]
    found = [gains.get(name, 0.0) for name in ranked[:depth]]
    return _discounted(found) / _discounted(ideal) if ideal else 0.0


def recall(ranked: Sequence[str], gains: Mapping[str, float], depth: int) -> float:
    """The share of the relevant ids among the first ``depth``."""
    return len(gains.keys() & set(ranked[:depth])) / len(gains) if gains else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))
