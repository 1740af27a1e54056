"""The legal acts that a text names by number, by name or by abbreviation."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_ACTS = Path(__file__).with_name("acts.toml")
_NUMBER = re.compile(r"(?<![\w/])(?P<first>\d{1,4})/(?P<second>\d{1,4})(?![\d])")
# What stands before the number of an act: "Directive (EU) 2019/790", "(EG) nr. 45/2001".
_BEFORE = re.compile(
    r"(?:\((?:eu|ec|eec|ue|ce|cee|eg|ewg|eeg|εε|εκ|es|we)\)"
    r"|regulation|directive|verordnung|richtlinie|reglement|reglamento|directiva"
    r"|regolamento|direttiva|verordening|richtlijn|κανονισμ\w*|οδηγια\w*|nariaden\w*|smernic\w*"
    r"|rozporzadzeni\w*|dyrektyw\w*|regulament\w*|directiv\w*)"
    r"\s*(?:n[ro°º]?\.?|αριθ\.?|c\.?)?\s*$"
)
_LONGEST_TEXT = 10_000
_SIGNS = {"ł": "l", "Ł": "l", "\u2019": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"}


def acts_named(text: str) -> tuple[str, ...]:
    """The numbers of the acts that a text names ("2016/679"), in the order of their naming.

    Names are compared without case and accents and word by word, short abbreviations with their
    case (LED is an act, led is not). The number of an act that ``acts.toml`` does not know counts
    where a word for an act stands before it. Texts are read up to _LONGEST_TEXT characters.
    """
    text = unicodedata.normalize("NFC", text[:_LONGEST_TEXT])
    plain = _plain(text)
    found = sorted({*_by_name(plain), *_by_abbreviation(text), *_by_number(plain)})
    return tuple(dict.fromkeys(number for _, number in found))


def _by_name(plain: str) -> Iterator[tuple[int, str]]:
    pattern, numbers = _patterns()["names"]
    for match in pattern.finditer(plain):
        yield match.start(), numbers[match.lastindex or 0]


def _by_abbreviation(text: str) -> Iterator[tuple[int, str]]:
    pattern, numbers = _patterns()["abbreviations"]
    for match in pattern.finditer(text):
        yield match.start(), numbers[match.lastindex or 0]


def _by_number(plain: str) -> Iterator[tuple[int, str]]:
    for match in _NUMBER.finditer(plain):
        number, turned = match[0], f"{match['second']}/{match['first']}"
        if number in _numbers():
            yield match.start(), number
        elif turned in _numbers():
            yield match.start(), turned
        elif _BEFORE.search(plain, max(0, match.start() - 40), match.start()):
            yield match.start(), number


@cache
def _acts() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(_ACTS.read_text(encoding="utf-8"))["act"])


@cache
def _numbers() -> frozenset[str]:
    return frozenset(str(act["number"]) for act in _acts())


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """For names and for abbreviations: one pattern with a group per act, and the acts' numbers."""
    return {kind: _pattern(kind) for kind in ("names", "abbreviations")}


def _pattern(kind: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    groups: list[str] = []
    numbers = [""]
    for act in _acts():
        if texts := act.get(kind):
            forms = [_plain(text) if kind == "names" else text for text in texts]
            groups.append("(" + "|".join(map(_spelled, forms)) + ")")
            numbers.append(str(act["number"]))
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)"), tuple(numbers)


def _spelled(form: str) -> str:
    """A name as a pattern: ``*`` is any ending; quotes or hyphens may stand between words."""
    words = re.split(r"[ -]+", form)
    return r"[^\w.;!?]{1,3}".join(re.escape(word).replace(r"\*", r"\w*") for word in words)


def _plain(text: str) -> str:
    """Without case and accents, one letter for a letter so that positions stay comparable."""
    return "".join(map(_plain_letter, text))


@cache
def _plain_letter(letter: str) -> str:
    base = _SIGNS.get(letter) or unicodedata.normalize("NFKD", letter)[0]
    return base.casefold()[0]
