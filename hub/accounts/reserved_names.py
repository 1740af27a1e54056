"""Names that would pass for the hub, its staff or an authority, in the eight languages."""

import re
import tomllib
from functools import cache
from pathlib import Path

from hub.accounts.skeleton import skeleton

LISTS = Path(__file__).with_suffix(".toml")
LETTERS_FOR_DIGITS = str.maketrans("345789", "eastbg")
AT_THE_ENDS = re.compile(r"^[\d\W_]+|[\d\W_]+$")
BETWEEN_WORDS = re.compile(r"[\W_]+")


def is_reserved(name: str) -> bool:
    """Also with digits or signs around it, with digits for letters, and put together from
    several."""
    if any(_pattern().fullmatch(text) for text in _readings(name)):
        return True
    words = BETWEEN_WORDS.split(name)
    return any(text in _never_words() for word in words for text in _readings(word))


def _readings(name: str) -> tuple[str, str]:
    return _read(name), _read(AT_THE_ENDS.sub("", name))


def _read(text: str) -> str:
    return skeleton(text).translate(LETTERS_FOR_DIGITS)


@cache
def _pattern() -> re.Pattern[str]:
    reserved, fillers = _any_of("reserved"), _any_of("fillers")
    return re.compile(f"(?:{fillers})*(?:{reserved})(?:{reserved}|{fillers})*")


def _any_of(kind: str) -> str:
    return "|".join(sorted(map(re.escape, _list(kind)), key=len, reverse=True))


@cache
def _never_words() -> frozenset[str]:
    return _list("never_a_word")


@cache
def _list(kind: str) -> frozenset[str]:
    names = tomllib.loads(LISTS.read_text(encoding="utf-8"))[kind]
    return frozenset(map(_read, names))
