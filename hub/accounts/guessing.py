"""How soon somebody who tries likely passwords first would come to this one (zxcvbn)."""

import re
import threading
from functools import cache

# What zxcvbn looks at takes time that grows with the square of the length; what follows in a
# longer password can only make it better.
LOOKED_AT = 64
# What people add to the password that they always take.
APPENDED = "0123456789!?.,;:-_*+#$%&/()=@ "
SHORTEST_OWN_WORD = 3

# zxcvbn keeps the words of the person in a variable of its module: one at a time.
_one_at_a_time = threading.Lock()


def is_common(text: str) -> bool:
    """Whether it is one of the 30,000 passwords that leaked most often, or one of them with
    digits and signs behind it."""
    lowered = text.lower()
    return lowered in _common_passwords() or lowered.rstrip(APPENDED) in _common_passwords()


def guesses_for(text: str, own_words: tuple[str, ...]) -> int:
    # Half a second, which only those pay who choose a password.
    import zxcvbn  # type: ignore[import-untyped]

    words = [part for word in own_words for part in _parts(word)]
    with _one_at_a_time:
        return int(zxcvbn.zxcvbn(text[:LOOKED_AT], user_inputs=words)["guesses"])


def _parts(word: str) -> list[str]:
    """The word and the pieces that people take from it: of an address what is before the @."""
    pieces = [word, word.partition("@")[0], *re.split(r"[\s@._-]+", word)]
    return [piece[:LOOKED_AT] for piece in pieces if len(piece) >= SHORTEST_OWN_WORD]


@cache
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"])
