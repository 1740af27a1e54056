"""Where the bytes of uploads lie, and how what belongs to nothing goes from there."""

import fcntl
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from hub.uploads.cleaning import WORKING
from knowledge.files import FileStore

LOCK = ".lock"
KEPT_WITHOUT_ROW = 24 * 60 * 60
AT_ONCE = 200


def store() -> FileStore:
    return FileStore(current_app.config["DATA"] / "uploads")


@contextmanager
def nothing_is_swept(folder: Path) -> Iterator[None]:
    """Between keeping the bytes and committing their row. To be entered before the transaction
    writes: whoever sweeps waits for nobody."""
    with _locked(folder, fcntl.LOCK_SH):
        yield


def sweep(folder: Path, known: Callable[[Collection[str]], set[str]]) -> int:
    """Deletes files older than a day that no row names; ``known`` says which of some hashes have
    one. Does nothing while somebody adds a file: there is a next time."""
    if not folder.exists():
        return 0
    _sweep_work(folder)
    try:
        with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            old = [path for path in folder.glob("??/*") if _is_old(path)]
            return sum(_sweep(old[at : at + AT_ONCE], known) for at in range(0, len(old), AT_ONCE))
    except BlockingIOError:
        return 0


def _sweep(paths: list[Path], known: Callable[[Collection[str]], set[str]]) -> int:
    named = known([path.name for path in paths])
    gone = [path for path in paths if path.name not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _sweep_work(folder: Path) -> None:
    """What a process that was killed left half done; files as they came, with their metadata."""
    FileStore(folder).sweep()
    for path in folder.glob(f"{WORKING}*"):
        if _is_old(path, 60 * 60):
            shutil.rmtree(path, ignore_errors=True)


def _is_old(path: Path, seconds: int = KEPT_WITHOUT_ROW) -> bool:
    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        fcntl.flock(file, how)
        yield
