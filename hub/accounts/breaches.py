"""Passwords that have leaked somewhere, in a file in the format of Pwned Passwords.

Each line is the SHA-1 of a password in hexadecimal digits, and optionally a colon and how often it
was seen; the lines are sorted. The file has tens of gigabytes, so it is searched where it lies.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from hub.busy import NotNow

DIGITS = 40
LONGEST_LINE = 80
PLACES_LOOKED_AT = 500


class ListUnusable(NotNow):
    """The file is gone, cannot be read or is not sorted; the message says which."""


class BreachedPasswords:
    def __init__(self, file: str | Path) -> None:
        self._file = Path(file)

    def holds(self, password: str) -> bool:
        """Whether the password has leaked. Raises: ListUnusable."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        try:
            with self._file.open("rb") as lines:
                return _found(lines, digest, os.fstat(lines.fileno()).st_size)
        except OSError as error:
            raise ListUnusable(self._cannot_be_read(error)) from error

    def check(self) -> None:
        """Looks at some hundred places whether the lines are what they should be, and sorted.

        Raises: ListUnusable, with a sentence that says what is wrong.
        """
        try:
            with self._file.open("rb") as lines:
                self._check_order(lines, os.fstat(lines.fileno()).st_size)
        except OSError as error:
            raise ListUnusable(self._cannot_be_read(error)) from error

    def _check_order(self, lines: BinaryIO, size: int) -> None:
        before = b""
        for place in range(PLACES_LOOKED_AT):
            digest = _digest_from(lines, size * place // PLACES_LOOKED_AT)
            if digest and not _is_digest(digest):
                raise ListUnusable(
                    f"{self._file} is no list of leaked passwords: each line must begin with a "
                    "SHA-1 in 40 hexadecimal digits."
                )
            if digest and digest < before:
                raise ListUnusable(
                    f"{self._file} is not sorted, so nothing can be found in it. Sort it: "
                    "LC_ALL=C sort."
                )
            before = digest or before

    def _cannot_be_read(self, error: OSError) -> str:
        return f"The list of leaked passwords {self._file} cannot be read: {error.strerror}."


def _found(lines: BinaryIO, digest: bytes, size: int) -> bool:
    """Halves the part of the file in which the line can begin, until there is nothing left."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        here = _digest_from(lines, middle)
        if here == digest:
            return True
        if here and here < digest:
            low = middle + 1
        else:
            high = middle
    return False


def _digest_from(lines: BinaryIO, place: int) -> bytes:
    """The digest of the first line that begins at ``place`` or later; empty at the end."""
    lines.seek(max(0, place - 1))
    if place:
        lines.readline(LONGEST_LINE)
    return lines.readline(LONGEST_LINE)[:DIGITS].strip().upper()


def _is_digest(text: bytes) -> bool:
    return len(text) == DIGITS and all(character in b"0123456789ABCDEF" for character in text)
