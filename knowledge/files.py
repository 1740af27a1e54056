"""Originals on disk, named by the sha256 of their content."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from knowledge.disk import beside, flush, is_left_behind, sweep
from knowledge.errors import FileDamaged, FileMissing, FileTooLarge

BLOCK_SIZE = 1024 * 1024
INCOMING = ".incoming-"


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
        with beside(self.folder, INCOMING) as (out, path):
            stored = _copy(stream, out, limit)
            self._keep(path, stored)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """The original, opened for reading once its content was compared with its name.

        Raises: FileMissing, FileDamaged.
        """
        try:
            stream = self.path(sha256).open("rb")
        except FileNotFoundError:
            raise FileMissing(sha256) from None
        try:
            if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                raise FileDamaged(sha256)
            stream.seek(0)
        except BaseException:
            stream.close()
            raise
        return stream

    def problem_of(self, sha256: str) -> str:
        """What is wrong with the original, "" if nothing is."""
        try:
            self.open(sha256).close()
        except (FileMissing, FileDamaged) as problem:
            return str(problem)
        return ""

    def leftovers(self) -> list[Path]:
        """Half-written files whose writers are dead."""
        return [path for path in self.folder.glob(f"{INCOMING}*") if is_left_behind(path)]

    def sweep(self) -> int:
        """Deletes what imports that were killed left half-written; says how many files."""
        return sweep(self.folder, INCOMING)

    def path(self, sha256: str) -> Path:
        """Where the original with this name is or would be kept."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise FileMissing(sha256)
        return self.folder / sha256[:2] / sha256

    def _keep(self, incoming: Path, stored: StoredFile) -> None:
        """A kept file that has been damaged is replaced."""
        final = self.path(stored.sha256)
        if final.exists() and not self.problem_of(stored.sha256):
            return
        final.parent.mkdir(exist_ok=True)
        os.replace(incoming, final)
        flush(final.parent)
        flush(self.folder)


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
