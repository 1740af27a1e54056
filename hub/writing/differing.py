"""What was added and what was removed between two texts, word by word.

Comparing takes time that grows with the product of the lengths, so what is too long for it is
compared line by line, and what is too long even for that is shown as removed and added whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_COMPARED = 250_000
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces in order: those kept or removed make up ``before``, those kept or added
    ``after``."""
    words_before, words_after = _WORDS.findall(before), _WORDS.findall(after)
    head = _common(words_before, words_after)
    tail = _common(words_before[head:][::-1], words_after[head:][::-1])
    middle_before = "".join(words_before[head : len(words_before) - tail])
    middle_after = "".join(words_after[head : len(words_after) - tail])
    return _joined(
        [
            Piece(Change.KEPT, "".join(words_before[:head])),
            *_compared(middle_before, middle_after),
            Piece(Change.KEPT, "".join(words_before[len(words_before) - tail :])),
        ]
    )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many are the same from the start."""
    same = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        same += 1
    return same


def _compared(before: str, after: str) -> Iterator[Piece]:
    for split in (_WORDS.findall, _lines):
        parts_before, parts_after = split(before), split(after)
        if len(parts_before) * len(parts_after) <= MOST_COMPARED:
            yield from _matched(parts_before, parts_after)
            return
    yield Piece(Change.REMOVED, before)
    yield Piece(Change.ADDED, after)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _matched(before: list[str], after: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, before, after)
    for act, start, end, other_start, other_end in matcher.get_opcodes():
        if act == "equal":
            yield Piece(Change.KEPT, "".join(before[start:end]))
        else:
            yield Piece(Change.REMOVED, "".join(before[start:end]))
            yield Piece(Change.ADDED, "".join(after[other_start:other_end]))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one kind as one, and none that is empty."""
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined and joined[-1].change is piece.change:
            piece = Piece(piece.change, joined.pop().text + piece.text)
        joined.append(piece)
    return joined
