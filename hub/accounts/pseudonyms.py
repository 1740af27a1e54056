"""Pseudonyms: which may be chosen, and what those that look alike have in common."""

import re
import unicodedata
from enum import StrEnum

from confusable_homoglyphs import categories

from hub.accounts.models import LONGEST_PSEUDONYM
from hub.accounts.reserved_names import is_reserved
from hub.accounts.skeleton import skeleton

SHORTEST = 3
FEWEST_LETTERS = 2
LONGEST_KEY = 200
SIGNS = " -_.'\u2019"
MOST_MARKS_IN_A_ROW = 2
# Letters and marks that show nothing.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
MARKS = re.compile("^M[nc]$")
# Letters that Unicode takes for two although everybody writes them (Thai and Lao am).
PLAIN_THOUGH_COMPOSED = str.maketrans("", "", "\u0e33\u0eb3")
# Scripts that are written together; see UTS 39, "highly restrictive".
EAST_ASIAN = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)


class PseudonymProblem(StrEnum):
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable characters"
    SIGNS = "signs that are not allowed"
    NO_LETTERS = "no letters"
    MARKS = "too many marks"
    MIXED_SCRIPTS = "mixed scripts"
    RESERVED = "reserved"


def key_of(name: str) -> str:
    """The same for all names that are read as the same: without regard to case, accents, signs
    and spaces, and with one letter for those that look alike, in whatever script."""
    return skeleton(name[: LONGEST_PSEUDONYM * 2])[:LONGEST_KEY]


def problem_with(name: str) -> PseudonymProblem | None:
    """What keeps a name from being chosen (``hub.texts.tidied`` it first). That it is taken
    already, the database says (the keys are unique)."""
    return _length_problem(name) or _character_problem(name) or _meaning_problem(name)


def _length_problem(name: str) -> PseudonymProblem | None:
    if len(name) > LONGEST_PSEUDONYM:
        return PseudonymProblem.TOO_LONG
    return PseudonymProblem.TOO_SHORT if len(name) < SHORTEST else None


def _character_problem(name: str) -> PseudonymProblem | None:
    if INVISIBLE.search(name) or any(map(_is_unreadable, name)):
        return PseudonymProblem.UNREADABLE
    if not all(map(_is_allowed, name)) or _is_styled(name) or name != " ".join(name.split()):
        return PseudonymProblem.SIGNS
    return PseudonymProblem.MARKS if _has_a_heap_of_marks(name) else None


def _meaning_problem(name: str) -> PseudonymProblem | None:
    letters = sum(character.isalpha() for character in name)
    if not letters or sum(map(str.isalnum, name)) < FEWEST_LETTERS:
        return PseudonymProblem.NO_LETTERS
    if _mixes_scripts(name):
        return PseudonymProblem.MIXED_SCRIPTS
    return PseudonymProblem.RESERVED if is_reserved(name) else None


def _is_unreadable(character: str) -> bool:
    """Controls, what sets the direction or has no width, lone surrogates, what nobody defined."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _is_allowed(character: str) -> bool:
    category = unicodedata.category(character)
    return character in SIGNS or category[0] == "L" or category in ("Mn", "Mc", "Nd")


def _is_styled(name: str) -> bool:
    """Whether letters are made to look like others: bold, circled, of full width."""
    plain = unicodedata.normalize("NFC", name).translate(PLAIN_THOUGH_COMPOSED)
    return unicodedata.normalize("NFKC", plain) != plain


def _has_a_heap_of_marks(name: str) -> bool:
    """Counted in the decomposed name, where an accent is a mark of its own."""
    in_a_row = 0
    for character in unicodedata.normalize("NFD", name):
        in_a_row = in_a_row + 1 if MARKS.match(unicodedata.category(character)) else 0
        if in_a_row > MOST_MARKS_IN_A_ROW:
            return True
    return unicodedata.category(name[0])[0] == "M"


def _mixes_scripts(name: str) -> bool:
    scripts = categories.unique_aliases(name) - {"COMMON", "INHERITED"}
    return len(scripts) > 1 and not any(scripts <= together for together in EAST_ASIAN)
