"""Quotes to be marked in a text: read from the address, and cut out of the words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from werkzeug.datastructures import MultiDict

from hub.library.notes import NoteLink

MOST_MARKS = 20
LARGEST_NUMBER = 999


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the canonical text, and the number of the citation that points to it."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Part:
    """Words inside one quote, or between quotes (``number`` None), or a link of a footnote."""

    text: str
    number: int | None
    link: NoteLink | None = None


def asks_for_marks(arguments: MultiDict[str, str]) -> bool:
    return "from" in arguments or "to" in arguments


def requested_marks(arguments: MultiDict[str, str], length: int) -> tuple[Mark, ...] | None:
    """The marks that the address asks for: ``from``, ``to`` and ``n``, each once per quote.

    None where one of them is no stretch of a text of this ``length``.
    """
    starts, ends = arguments.getlist("from"), arguments.getlist("to")
    if len(starts) != len(ends) or len(starts) > MOST_MARKS:
        return None
    numbers = [*arguments.getlist("n"), *[""] * len(starts)]
    found = [
        _mark(start, end, number, default)
        for default, (start, end, number) in enumerate(zip(starts, ends, numbers, strict=False), 1)
    ]
    marks = tuple(mark for mark in found if mark and mark.start < mark.end <= length)
    numbered = {mark.number for mark in marks}
    return marks if len(marks) == len(numbered) == len(found) else None


def marked(
    text: str, start: int, marks: Sequence[Mark], links: Sequence[NoteLink] = ()
) -> list[Part]:
    """``text``, which begins at ``start`` of the canonical text, cut where quotes begin and end.

    ``links`` in order, with positions in ``text``, stand between: a sign in a quote is no part of
    what is quoted.
    """
    inside = sorted(
        (mark for mark in marks if mark.start < start + len(text) and mark.end > start),
        key=lambda mark: mark.start,
    )
    parts: list[Part] = []
    position = 0
    for link in links:
        parts += _cut(text, start, position, link.start, inside)
        parts.append(Part(link.text, None, link))
        position = link.end
    return parts + _cut(text, start, position, len(text), inside)


def _cut(text: str, start: int, first: int, last: int, marks: Sequence[Mark]) -> list[Part]:
    edges = {first, last}
    for mark in marks:
        edges |= {min(max(edge - start, first), last) for edge in (mark.start, mark.end)}
    return [
        Part(text[left:right], _number_at(start + left, marks))
        for left, right in pairwise(sorted(edges))
    ]


def whole_number(text: str) -> int | None:
    """A number as an address writes it, small enough for a database; None for anything else."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def _mark(start: str, end: str, number: str, default: int) -> Mark | None:
    first, last, shown = whole_number(start), whole_number(end), whole_number(number) or default
    if first is None or last is None:
        return None
    return Mark(first, last, shown if shown <= LARGEST_NUMBER else default)


def _number_at(position: int, marks: Iterable[Mark]) -> int | None:
    return next((mark.number for mark in marks if mark.start <= position < mark.end), None)
