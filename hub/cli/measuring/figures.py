"""A figure beside the bar that it has to reach."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """``bar`` is the most that ``value`` may be, or the least where ``is_at_least``; None where
    the figure only explains another."""

    section: str
    name: str
    value: float
    unit: str
    bar: float | None = None
    is_at_least: bool = False

    @property
    def meets(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value >= self.bar if self.is_at_least else self.value <= self.bar


def percentile(values: Sequence[float], share: int) -> float:
    return float(np.percentile(values, share)) if len(values) else 0.0
