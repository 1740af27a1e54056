"""The signs in front of paragraphs and points, and the one form in which they are compared."""

import re

from knowledge.reference_words import INSERTED

_BARE = re.compile(
    r"(?P<number>\d+(?:/\d+)?)(?:er|re)?(?P<added>[a-z]{0,2})|(?P<letters>[^\W\d_]+)"
)
_INSERTED = re.compile(r"(?P<base>\d+|[a-zα-ω]{1,2})[ -]?(?P<word>" + "|".join(INSERTED) + ")")
_POINT = re.compile(r"\(?\d{1,3}[a-z]?\)\s")
_SIGNS = "()[].,;:°º§“”„‘’'\"«» \u00a0"
# The numbers that Greek writes with letters; the points of an act are counted with them.
_GREEK = {letter: number for number, letter in enumerate("αβγδε_ζηθικλμνξοπ", start=1)} | {"στ": 6}
_TENS = {"ι": 10, "κ": 20, "λ": 30}
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def canonical_marker(marker: str) -> str:
    """ "(h)", "h)", "η)" → "h"; "1.", "§ 1er", "1°" → "1"; "1 bis" → "1a"; "–" → ""."""
    bare = marker.casefold().strip(_SIGNS)
    inserted = _INSERTED.fullmatch(bare)
    if inserted:
        return _latin(inserted.group("base")) + INSERTED[inserted.group("word")]
    bare = re.sub(r"[ -]", "", bare)
    match = _BARE.fullmatch(bare)
    if match is None:
        return ""
    if match.group("number"):
        return match.group("number") + _latin(match.group("added"))
    return _latin(match.group("letters"))


def starts_with_point(heading: str) -> bool:
    """Whether a heading is a point of an amending act: "40) in Article 113 …"."""
    return bool(_POINT.match(heading))


def roman(number: str) -> str:
    """The number of an annex in small Roman figures, however it is written."""
    if not number.isdigit():
        return number.casefold()
    left, figures = int(number), ""
    for value, sign in _ROMAN:
        figures += sign * (left // value)
        left %= value
    return figures


def _latin(letters: str) -> str:
    """The Latin letter at the place of a Greek numeral: η, the eighth, is h."""
    if not letters or not "α" <= letters[0] <= "ω":
        return letters
    number = _GREEK.get(letters)
    if letters[0] in _TENS:
        number = _TENS[letters[0]] + _GREEK.get(letters[1:], 0)
    return chr(ord("a") + number - 1) if number and number <= 26 else letters
