"""The signs in front of paragraphs and points, told apart by their style."""

import re
from dataclasses import dataclass

from knowledge.markers import canonical_marker, roman
from knowledge.reference_words import INSERTED

NUMBERS = ("section", "brackets", "dot", "closed")
BULLETS = ("dash", "bullet")

_INS = "|".join(INSERTED)
_NUMBER = rf"\d{{1,3}}(?: ?(?:{_INS}))?(?: ?[a-z](?! ?\w))?"
_LETTERS = rf"(?:[ivxl]{{1,6}}|[a-zα-ω](?:[a-zα-ω]| (?:{_INS}|[a-z]))?)"
_SIGN = re.compile(
    r"\s*(?:\[\d{1,2} )?(?P<quote>[\u201c\u201e\u00ab\u2018\"]?)\s?(?:"
    rf"§ ?(?P<section>\d{{1,3}})(?:er)?\.?|"
    rf"\( ?(?P<brackets>{_NUMBER}) ?\)|"
    rf"\(? ?(?P<letter>{_LETTERS}) ?\)|"
    r"\((?P<capital>[A-Z])\)|"
    r"(?P<degree>\d{1,3}°)(?:/\d{1,2})?|"
    rf"(?P<closed>{_NUMBER})\)|"
    rf"(?P<dot>{_NUMBER})\.|"
    r"(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3})\.?|"
    r"(?P<initial>[A-Z])\.|"
    r"(?P<dash>[\u2013\u2014\u2212-])|(?P<bullet>[\u2022\u25aa\u25cf\u00b7\u25cb\u25e6\u2023*])"
    r")\s+(?=\S)"
)
_ROMAN = {roman(str(number)): number for number in range(1, 40)}
_CLOSING = {"\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u2018": "\u2019"}


@dataclass(frozen=True, slots=True)
class Sign:
    """``marker`` is the number or letter as it stands without its brackets; ``quote`` the mark in
    front of it where the text is quoted."""

    style: str
    marker: str
    quote: str = ""


def read_sign(text: str) -> Sign | None:
    """The sign that ``text`` begins with, if words follow it."""
    match = _SIGN.match(text)
    if match is None:
        return None
    behind = _SIGN.match(text, match.end())
    if behind is not None and behind.lastgroup == match.lastgroup == "letter":
        match = behind  # "(b) (c) …": a point was lost in between
    style = match.lastgroup or ""
    return Sign(style, " ".join(match.group(style).split()), match.group("quote"))


def without_sign(text: str) -> str:
    """The words behind the sign; a quotation mark before the words stays."""
    match = _SIGN.match(text)
    return text[match.end() :] if match and read_sign(text) else text.lstrip()


def opens_quote(text: str) -> str:
    """The quotation mark of new text that an amending act begins to quote, or ""."""
    mark = text.lstrip()[:1]
    return mark if mark in ("\u201c", "\u201e", "\u00ab") else ""


def closes_quote(text: str, mark: str) -> bool:
    """Whether a block ends what ``mark`` opened; "" opens nothing."""
    end = text.rstrip().rstrip(";.,")
    return bool(mark) and end.endswith(tuple(_CLOSING.get(mark, mark)))


def letter_style(marker: str, letter: str, roman: str, is_introduced: bool) -> str:
    """Whether ``(i)``, ``(v)`` or ``(c)`` counts in letters or in Roman figures.

    ``letter`` and ``roman`` are the latest points of the open lists, "" where there is none;
    ``is_introduced`` says that the latest letter introduces a list.
    """
    value = _ROMAN.get(marker)
    if value is None:
        return "letter"
    if roman and value == _ROMAN.get(roman, 0) + 1:
        return "roman"
    if letter and _follows(canonical_marker(letter), marker):
        return "roman" if marker == "i" and is_introduced and not roman else "letter"
    return "roman" if value == 1 or len(marker) > 1 else "letter"


def _follows(before: str, marker: str) -> bool:
    return len(before) >= 1 and len(marker) == 1 and ord(marker) == ord(before[0]) + 1
