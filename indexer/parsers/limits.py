"""How much a single file may ask of the machine before it is refused."""

from dataclasses import dataclass
from typing import BinaryIO

from indexer.parsers.parsed import UnreadableFile


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one file; what exceeds one is refused as ``too_large``.

    ``max_expanded_bytes`` bounds what a compressed container may grow to, and
    ``max_expansion`` how many times its own size: a zip bomb is recognised by its
    directory and never unpacked. ``max_rows`` and ``max_cells`` bound the tables of a file.

    The next three hold for the process that reads: seconds by the clock (``too_slow``), of
    computing, and bytes of memory (``too_much_memory``).

    Recognising text in pictures is bounded apart, in pages of one file and in seconds of a page
    and of the file; pages beyond are named in a warning. No pages: nothing is recognised.
    """

    max_bytes: int = 200_000_000
    max_pages: int = 5_000
    max_characters: int = 30_000_000
    max_expanded_bytes: int = 400_000_000
    max_expansion: int = 200
    max_rows: int = 100_000
    max_cells: int = 2_000_000
    max_seconds: int = 600
    max_computing_seconds: int = 400
    max_memory: int = 3_000_000_000
    max_recognised_pages: int = 300
    max_recognition_seconds: int = 60
    max_recognition_seconds_in_all: int = 1_500

    def read(self, stream: BinaryIO) -> bytes:
        """Everything in ``stream``. Raises UnreadableFile when empty or over ``max_bytes``."""
        content = stream.read(self.max_bytes + 1)
        if not content:
            raise UnreadableFile("empty", "0 bytes")
        if len(content) > self.max_bytes:
            raise UnreadableFile("too_large", f"more than {self.max_bytes} bytes")
        return content

    def check_pages(self, count: int) -> None:
        if count > self.max_pages:
            raise UnreadableFile("too_large", f"{count} pages, at most {self.max_pages}")

    def check_characters(self, count: int) -> None:
        if count > self.max_characters:
            raise UnreadableFile("too_large", f"more than {self.max_characters} characters")

    def check_rows(self, rows: int, cells: int) -> None:
        if rows > self.max_rows or cells > self.max_cells:
            raise UnreadableFile("too_large", f"more than {min(rows, self.max_rows)} rows")
