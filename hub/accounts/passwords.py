"""Passwords: how they are kept, compared and judged.

They are kept as argon2id with the parameters that RFC 9106 (section 4, second choice) recommends
where memory is scarce, which are the library's: 64 MiB, 3 passes, 4 lanes, 16 bytes of salt, 32
of hash. A password is normalised (NFKC, as NIST SP 800-63B asks), so that it is the same from
every keyboard, and never cut.
"""

import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from hub.accounts.breaches import BreachedPasswords
from hub.accounts.guessing import TooBusy as TooBusy
from hub.accounts.guessing import guesses_for, is_common

SHORTEST = 12
LONGEST = 1_024
FEWEST_GUESSES = 10**8
SECONDS_TO_WAIT_FOR_A_SLOT = 5.0
OWN_WORDS = ("popai", "hub")


class PasswordProblem(StrEnum):
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable characters"
    COMMON = "common"
    GUESSABLE = "guessable"
    BREACHED = "breached"


_hasher = PasswordHasher()
# Each hash takes 64 MiB and a core: more at once would only take memory from everybody.
_slots = threading.BoundedSemaphore(os.cpu_count() or 1)


def hash_password(text: str) -> str:
    """What is kept of a password. Raises: TooBusy."""
    with _slot():
        return _hasher.hash(_normalised(text))


def matches(stored: str, text: str) -> bool:
    """Whether ``text`` is the password whose hash is ``stored``. An empty ``stored`` matches
    nothing and takes as long, so that time does not tell who has an account. Raises: TooBusy."""
    if not is_usable(text):
        return False  # no password can be like this, whoever's it is
    with _slot():
        return _verifies(stored or _dummy_hash(), _normalised(text)) and bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def is_usable(text: str) -> bool:
    return length_problem(text) in (None, PasswordProblem.TOO_SHORT)


def problem_with(text: str, *own_words: str) -> PasswordProblem | None:
    """What keeps ``text`` from being a password. ``own_words``: what others know of the person
    and would try first (the pseudonym, the address). Raises: TooBusy."""
    return length_problem(text) or _weakness(_normalised(text), own_words)


def length_problem(text: str) -> PasswordProblem | None:
    if len(text) > LONGEST:
        return PasswordProblem.TOO_LONG
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        return PasswordProblem.UNREADABLE
    return PasswordProblem.TOO_SHORT if len(_normalised(text)) < SHORTEST else None


def _weakness(text: str, own_words: tuple[str, ...]) -> PasswordProblem | None:
    """10**8 guesses is where zxcvbn begins to call a password safe against somebody who holds the
    hashes and computes slow ones; against the sign-in form 10**6 would do. More would refuse
    phrases of three everyday words, which people can remember."""
    if is_common(text):
        return PasswordProblem.COMMON
    if guesses_for(text, (*OWN_WORDS, *own_words)) < FEWEST_GUESSES:
        return PasswordProblem.GUESSABLE
    return PasswordProblem.BREACHED if _is_breached(text) else None


def _is_breached(text: str) -> bool:
    file: str = current_app.config["BREACHED_PASSWORDS"]
    return bool(file) and BreachedPasswords(file).holds(text)


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _verifies(stored: str, text: str) -> bool:
    try:
        return _hasher.verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody's password")


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=SECONDS_TO_WAIT_FOR_A_SLOT):
        raise TooBusy
    try:
        yield
    finally:
        _slots.release()
