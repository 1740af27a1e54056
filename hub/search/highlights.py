"""A stretch of a text around what was looked for, with the words marked."""

import re
from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from hub.search.words import words_in

LONGEST = 280
BEFORE = 60
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=500)
def pattern_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds these words, also with another ending; None where there is none to be found."""
    parts = sorted({_beginning(word) for word in words if len(word) > 1}, key=len, reverse=True)
    if not parts:
        return None
    return re.compile(rf"\b(?:{'|'.join(parts)})", re.IGNORECASE)


def _beginning(word: str) -> str:
    """Short words as they are; of longer ones the last letters may differ."""
    if len(word) < 5:
        return rf"{re.escape(word)}\b"
    return rf"{re.escape(word[: max(4, len(word) - 2)])}\w*"


def words_of(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in texts for word in words_in(text)))


def marked(text: str, pattern: re.Pattern[str] | None) -> Markup:
    """The text, escaped, each of the words in a <mark>."""
    if pattern is None:
        return escape(text)
    parts: list[str] = []
    position = 0
    for match in pattern.finditer(text):
        parts += (escape(text[position : match.start()]), "<mark>", escape(match[0]), "</mark>")
        position = match.end()
    parts.append(escape(text[position:]))
    return Markup("".join(parts))  # noqa: S704 - each part is escaped


@lru_cache(maxsize=500)  # whoever turns a page of results comes back to it
def excerpt(text: str, start: int, pattern: re.Pattern[str] | None) -> Markup:
    """At most ``LONGEST`` characters in one line, from around the first of the words; where there
    is none, from ``start``."""
    found = pattern.search(text, start) or pattern.search(text) if pattern else None
    first = max(0, found.start() - BEFORE) if found else min(start, len(text))
    if first:
        space = text.find(" ", first, first + 30)
        first = space + 1 if space >= 0 else first
    cut = text[first : first + LONGEST]
    if first + LONGEST < len(text):
        cut = cut.rsplit(" ", 1)[0] + "…"
    line = _SPACE.sub(" ", cut).strip()
    return marked(f"…{line}" if first else line, pattern)
