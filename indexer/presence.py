"""Which workers are alive: each holds a lock on a file of its own in a folder that all share.

The system lets go of the lock when a worker dies, however it dies, also inside a container and
whatever process has its number later. So a file whose lock is free names a worker that is dead,
and what it had leased can be taken at once. Where there is no file nothing is known (the worker may
run on a machine that does not share the folder), and its leases run out by themselves.
"""

import os
from collections.abc import Callable
from pathlib import Path

from knowledge.disk import is_left_behind, locked_file, sweep

_UNFINISHED = "."


class Presence:
    """The sign that a worker is alive, until :meth:`end` or the end of the process."""

    def __init__(self, folder: Path, worker: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / worker
        self._lock, beside = locked_file(folder, _UNFINISHED)
        os.replace(beside, self.path)  # it is never seen under its name without the lock

    def end(self, owes_nothing: bool) -> None:
        """A worker that still owes something is found dead, and what it had leased is taken."""
        if owes_nothing:
            self.path.unlink(missing_ok=True)
        self._lock.close()


def bury(folder: Path, settle: Callable[[list[str]], None]) -> list[str]:
    """Hands the names of the workers that have died to ``settle``, and then forgets them.

    Killed in between, it is done again: nobody is forgotten before they are settled.
    """
    dead = [path for path in _signs(folder) if is_left_behind(path)]
    if dead:
        settle([path.name for path in dead])
        for path in dead:
            path.unlink(missing_ok=True)
    return [path.name for path in dead]


def _signs(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    sweep(folder, _UNFINISHED)
    return [path for path in folder.iterdir() if not path.name.startswith(_UNFINISHED)]
