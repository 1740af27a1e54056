"""Remembers for a short time what a search found, by number only, so that the next page of it and
the same search by somebody else of the same audiences cost little.

What is remembered is where things stand in the order, never who may see them: that is looked up
each time. The key holds the audiences and the state of both indexes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Memory(Generic[Found]):
    """The newest ``most`` things, each for ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._kept: OrderedDict[Hashable, tuple[float, Found]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What is kept under this key, else what is found now."""
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept[0] > now:
            return kept[1]
        found = find()
        with self._lock:
            self._kept[key] = (now + self.seconds, found)
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return found

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
