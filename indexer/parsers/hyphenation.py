"""Joining the lines of a paragraph again, and the words that were cut at their ends."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
CUT_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
NEXT_WORD = re.compile(r"[^\W\d_]+")
# Endings that are also words of their own.
_ENDINGS = frozenset((
    "able", "ably", "age", "ages", "ally", "ant", "ants", "ate", "ates", "ion", "ions", "ism",
    "less", "ling", "man", "men", "ness", "port", "ports", "rate", "rates", "sent", "sion", "tent",
    "tion", "tract", "ward", "wards",
))  # fmt: skip
_FEWEST_CUTS = 3
DASHES = "-\u2010\u2011"


class Hyphenation:
    """Tells a word cut at the end of a line from a compound such as "risk-based".

    A compound that the document writes with its hyphen within a line keeps it; so does one
    whose halves the document uses as words of their own while never writing them in one, unless
    the second half is a usual ending and the document cuts words ("remark-/able").
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._known: Counter[str] = Counter()
        ends: list[tuple[str, str]] = []
        head = ""
        for line in lines:
            words = [word.lower() for word in WORD.findall(line)]
            if head and words:
                ends.append((head, words.pop(0)))
            cut = CUT_WORD.search(line)
            head = cut.group(1).lower() if cut else ""
            # Two halves of a word prove nothing about words.
            self._known.update(words[:-1] if cut else words)
        self._cuts_words = sum(head + tail in self._known for head, tail in ends) >= _FEWEST_CUTS

    def glue(self, before: str, after: str) -> tuple[int, str]:
        """(characters to cut from the end of ``before``, text to put between the two lines)."""
        if not before or before[-1] not in DASHES:
            return 0, " "
        head, tail = CUT_WORD.search(before), NEXT_WORD.match(after)
        if before[-2:-1].isspace() or not after[0].isalnum() or self._is_suspended(after):
            return 0, " "
        if head is None or tail is None or not after[0].islower():
            return 0, ""
        return (1, "") if self._is_one_word(head.group(1), tail.group()) else (0, "")

    def join(self, lines: Sequence[str]) -> str:
        """One line of text from the wrapped ``lines`` of a paragraph."""
        text = ""
        for line in lines:
            cut, between = self.glue(text, line) if text else (0, "")
            text = text[: len(text) - cut] + between + line
        return text

    @staticmethod
    def _is_suspended(after: str) -> bool:
        """ "audio- and video recordings": the hyphen stands for a part still to come."""
        first = after.split(None, 1)[0].lower()
        return first in {"and", "or", "und", "oder", "bzw.", "en", "of", "et", "ou", "y", "o", "e"}

    def _is_one_word(self, head: str, tail: str) -> bool:
        whole, compound = (head + tail).lower(), f"{head}-{tail}".lower()
        if self._known[whole] != self._known[compound]:
            return self._known[whole] > self._known[compound]
        if head.isupper() and len(head) > 1:
            return False
        if self._cuts_words and tail in _ENDINGS:
            return True
        return not (self._known[head.lower()] and self._known[tail.lower()])
