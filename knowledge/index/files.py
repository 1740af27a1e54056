"""Generations of an index in a folder.

A new generation is written beside the old one, flushed to the disk, read back and only then named;
the one before is kept. Whoever reads therefore finds a whole generation at any time. Where the one
that should serve turns out to be damaged, readers go on with what they have in memory, or else
with the newest whole one on the disk, until the worker has written another from the database.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import IndexDamaged
from knowledge.index.generations import (
    MANIFEST,
    NOTHING,
    FileGeneration,
    leftovers,
    load,
    newest_whole,
    remove,
    write,
    written,
)
from knowledge.protocols import PartChange

log = logging.getLogger(__name__)
LOOK_AGAIN = 10.0  # seconds after which a damaged generation is looked at once more
ATTEMPTS = 3  # of reading, while the one writer flips to the next generation


class FileIndex:
    """Implements knowledge.protocols.PassageIndex in a folder of its own.

    One process writes at a time, any number read. ``library`` names the library whose passages the
    index holds: one of another library would propose passages that have nothing to do with it.
    """

    def __init__(self, folder: Path, library: Callable[[], str] = lambda: "") -> None:
        self.folder = folder
        self.library = library
        self.problem = ""
        self._serving = NOTHING
        self._seen: object = ()  # equals no state of a manifest
        self._look_again = 0.0
        self._is_forgotten = False
        self._lock = threading.Lock()

    def generation(self) -> FileGeneration:
        """The newest whole state; ``problem`` then says what is wrong with a newer one, if
        anything is. Raises: IndexDamaged when there is none at all."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen or (self.problem and time.monotonic() > self._look_again):
                self._look()
            if self.problem and self._serving is NOTHING:
                raise IndexDamaged(self.problem)
            return self._serving

    def ids(self, audience: str) -> frozenset[int]:
        part = load(self.folder, self.library()).parts.get(audience)
        return frozenset(part.ids.tolist()) if part else frozenset()

    def audiences(self) -> frozenset[str]:
        return frozenset(load(self.folder, self.library()).parts)

    def replace(
        self, embedder: str, fingerprint: str, changes: Mapping[str, PartChange]
    ) -> FileGeneration:
        library = self.library()
        with self._writing():
            anew = self._is_forgotten
            before = (newest_whole if anew else load)(self.folder, library)
            # After a reset the numbers go on: a citation's generation means one state only.
            number = max([before.number, *written(self.folder)]) + 1
            generation = before.following(number, embedder, fingerprint, changes, is_anew=anew)
            write(self.folder, generation, library, before.number)
            self._is_forgotten = False
        return self.generation()

    def reset(self) -> None:
        self._is_forgotten = True

    def leftovers(self) -> list[Path]:
        """What writers that were killed left; none of it is ever served."""
        return list(leftovers(self.folder))

    def sweep(self) -> int:
        with self._writing():
            left = self.leftovers()
            for path in left:
                remove(path)
        return len(left)

    def _look(self) -> None:
        """Reads what the manifest names now; keeps what serves if that is damaged."""
        for _ in range(ATTEMPTS):
            stamp = self._stamp()
            try:
                self._serving, self.problem = load(self.folder, self.library()), ""
            except IndexDamaged as damage:
                if stamp != self._stamp():
                    continue  # flipped while it was read, and what it named is gone
                self._fall_back(str(damage))
            self._seen = stamp
            return

    def _fall_back(self, problem: str) -> None:
        if self._serving is NOTHING:
            self._serving = newest_whole(self.folder, self.library())
        if problem != self.problem:
            number = self._serving.number
            serves = f"Generation {number} serves for now." if number else "Nothing serves."
            log.error("%s %s", problem, serves)
        self.problem = problem
        self._look_again = time.monotonic() + LOOK_AGAIN

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Waits for its turn; the system ends the turn of a process that dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".writing").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = (self.folder / MANIFEST).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size
