"""How soon somebody who tries likely passwords first would come to this one (zxcvbn)."""

import math
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from hub.busy import NotNow

# A longer password is judged by its beginning: what follows can only make it better, and it takes
# zxcvbn a time that grows faster than the square of the length (see ``guesses_for``).
LOOKED_AT = 32
# The beginning ends sooner where it has more readings than this, but not before the length that
# every password has at least. All digits have 4; with ``!@#$`` behind them, 32.
MOST_READINGS = 32
ALWAYS_LOOKED_AT = 12
SECONDS_TO_WAIT = 5.0
# What people add to the password that they always take.
APPENDED = "0123456789!?.,;:-_*+#$%&/()=@ "
SHORTEST_OWN_WORD = 3

# zxcvbn keeps the words of the person in a variable of its module: one at a time.
_one_at_a_time = threading.Lock()


class TooBusy(NotNow):
    """As many passwords are being hashed or judged as can be at once, and the queue does not
    move."""

    retry_after = 10


def is_common(text: str) -> bool:
    """Whether it is one of the 30,000 passwords that leaked most often, or one of them with
    digits and signs behind it."""
    lowered = text.lower()
    return lowered in _common_passwords() or lowered.rstrip(APPENDED) in _common_passwords()


def guesses_for(text: str, own_words: tuple[str, ...]) -> int:
    """Raises: TooBusy.

    A phrase takes a few milliseconds. The worst are signs that could stand for letters (``4@8({[<``
    and so on), whose every meaning is tried, while everybody else who chooses a password waits:
    0.7 seconds for 32 of them, on a core of a small server. With few readings it is a tenth.
    """
    # Half a second, which only those pay who choose a password.
    import zxcvbn

    words = [part for word in own_words for part in _parts(word)]
    with _turn():
        return int(zxcvbn.zxcvbn(beginning(text), user_inputs=words)["guesses"])


def beginning(text: str) -> str:
    """What a password is judged by."""
    looked_at = text[:LOOKED_AT]
    while len(looked_at) > ALWAYS_LOOKED_AT and _readings(looked_at) > MOST_READINGS:
        looked_at = looked_at[:-1]
    return looked_at


def _readings(text: str) -> int:
    """In how many ways its signs could stand for letters, about: zxcvbn lets each letter have one
    of its signs, and tries all together."""
    from zxcvbn.matching import L33T_TABLE

    there = set(text)
    return math.prod(len(there.intersection(signs)) or 1 for signs in L33T_TABLE.values())


@contextmanager
def _turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=SECONDS_TO_WAIT):
        raise TooBusy
    try:
        yield
    finally:
        _one_at_a_time.release()


def _parts(word: str) -> list[str]:
    """The word and the pieces that people take from it: of an address what is before the @."""
    pieces = [word, word.partition("@")[0], *re.split(r"[\s@._-]+", word)]
    return [piece[:LOOKED_AT] for piece in pieces if len(piece) >= SHORTEST_OWN_WORD]


@cache
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
