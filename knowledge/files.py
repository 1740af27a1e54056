"""Originals on disk, named by the sha256 of their content."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from knowledge.errors import FileMissing, FileTooLarge

BLOCK_SIZE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept. ``size`` is in bytes."""

    sha256: str
    size: int


class FileStore:
    """A folder of originals. Equal content is kept once; a kept file never changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, stream: BinaryIO, limit: int) -> StoredFile:
        """Keeps what ``stream`` still holds, and returns once it is safely on the disk.

        Written beside, synchronised, renamed: a half-written file is never found under its name.

        Raises:
            FileTooLarge: more than ``limit`` bytes; nothing is kept.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".incoming-", dir=self.folder)
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                stored = _copy(stream, out, limit)
            self._keep(beside, stored)
        finally:
            beside.unlink(missing_ok=True)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """The original, opened for reading. Raises: FileMissing."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise FileMissing(sha256) from None

    def path(self, sha256: str) -> Path:
        """Where the original with this name is or would be kept."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise FileMissing(sha256)
        return self.folder / sha256[:2] / sha256

    def _keep(self, beside: Path, stored: StoredFile) -> None:
        final = self.path(stored.sha256)
        if final.exists() and final.stat().st_size == stored.size:
            return
        final.parent.mkdir(exist_ok=True)
        os.replace(beside, final)
        _synchronise(final.parent)
        _synchronise(self.folder)


def _copy(stream: BinaryIO, out: BinaryIO, limit: int) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK_SIZE):
        size += len(block)
        if size > limit:
            raise FileTooLarge(limit)
        digest.update(block)
        out.write(block)
    out.flush()
    os.fsync(out.fileno())
    return StoredFile(digest.hexdigest(), size)


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
