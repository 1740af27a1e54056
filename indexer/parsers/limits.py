"""How much a single file may ask of the machine before it is refused."""

from dataclasses import dataclass
from typing import BinaryIO

from indexer.parsers.parsed import UnreadableFile


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one file; what exceeds one is refused as ``too_large``.

    ``max_expanded_bytes`` bounds what a compressed container may grow to, and
    ``max_expansion`` how many times its own size: a zip bomb is recognised by its
    directory and never unpacked.
    """

    max_bytes: int = 200_000_000
    max_pages: int = 5_000
    max_characters: int = 30_000_000
    max_expanded_bytes: int = 400_000_000
    max_expansion: int = 200

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
