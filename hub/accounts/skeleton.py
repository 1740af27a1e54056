"""What names that look alike have in common, after the table of confusables of Unicode (UTS 39)."""

import unicodedata
from functools import cache

from confusable_homoglyphs import confusables

# The accents of Latin, Greek and Cyrillic; in other scripts such marks are vowels.
ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF))
LETTERS_FOR = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})
PAIRS = (("rn", "m"), ("vv", "w"))


def skeleton(name: str) -> str:
    letters = "".join(map(_look, _without_accents(unicodedata.normalize("NFKC", name).casefold())))
    joined = "".join(filter(_counts, _without_accents(letters.casefold())))
    plain = joined.translate(LETTERS_FOR)
    for pair, letter in PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _counts(character: str) -> bool:
    """Letters, digits, and marks that are vowels; no signs and no spaces."""
    return unicodedata.category(character)[0] in "LMN"


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not _is_accent(c))


def _is_accent(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in ACCENTS)


@cache
def _look(character: str) -> str:
    """The Latin letter that looks like this one as a capital or, failing that, as a small letter;
    so both cases of a letter come to the same. Else itself, or the first of those like it."""
    if character.isascii():
        return character
    for case in (character.upper(), character):
        if latin := _latin_like(case):
            return latin
    return min([character, *_like(character)])


def _latin_like(character: str) -> str:
    if character.isascii():
        return character.lower()
    plain = [text for text in map(_without_accents, _like(character)) if _is_latin(text)]
    return min(plain, default="").lower()


def _is_latin(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _like(character: str) -> list[str]:
    return [found["c"] for found in confusables.confusables_data.get(character, [])]
