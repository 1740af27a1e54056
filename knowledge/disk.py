"""Writing files so that they are there as a whole or not at all, and saying when the disk is full.

A file on its way is locked by the process that writes it, and the system lets go of the lock when
that process dies. So whoever tidies up can tell what is being written from what was left behind.
"""

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SQLITE_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
_POSTGRESQL_FULL = "53100"


class DiskFull(Exception):
    """There is no room left to write to. Nothing that was stored before is touched."""

    def __init__(self) -> None:
        super().__init__(
            "The disk is full. Nothing that was stored is lost; free some space, and the work "
            "goes on where it was."
        )


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind ``error``: as the system says it, SQLite or PostgreSQL."""
    met: set[int] = set()
    while error is not None and id(error) not in met:
        met.add(id(error))
        if _says_full(error) or _says_full(getattr(error, "orig", None)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _says_full(error: object) -> bool:
    return (
        isinstance(error, DiskFull)
        or (isinstance(error, OSError) and error.errno in _FULL)
        or getattr(error, "sqlite_errorname", "") in _SQLITE_FULL
        or getattr(error, "sqlstate", "") == _POSTGRESQL_FULL
    )


@contextmanager
def beside(folder: Path, prefix: str) -> Iterator[tuple[BinaryIO, Path]]:
    """An empty, locked file in ``folder`` to write to and then to move to its name. What is not
    moved is gone at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    out, path = locked_file(folder, prefix)
    try:
        with out:
            yield out, path
    finally:
        path.unlink(missing_ok=True)


def locked_file(folder: Path, prefix: str) -> tuple[BinaryIO, Path]:
    """A new file in ``folder``, locked until it is closed or the process dies."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=prefix, dir=folder)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return os.fdopen(descriptor, "wb"), Path(name)
        os.close(descriptor)  # swept away between being made and being locked


def sweep(folder: Path, prefix: str) -> int:
    """Deletes what writers that are dead left below ``folder``; says how many files."""
    return sum(_swept(path) for path in folder.rglob(f"{prefix}*") if path.is_file())


def is_left_behind(path: Path) -> bool:
    """Whether this file is there and nobody holds its lock, as its writer would."""
    try:
        with path.open("rb") as file:
            return _has_lock(file)
    except FileNotFoundError:
        return False


def flush(path: Path) -> None:
    """Returns once a file, or the names in a folder, are safely on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swept(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if not _has_lock(file):
                return False
            path.unlink()  # while the lock is held: its writer looks for this, see above
            return True
    except FileNotFoundError:
        return False


def _has_lock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
