"""Cuts a sentence that is too long to be quoted into clauses."""

from indexer.sentence import Span

# A whole sentence is quoted up to this length: cut short, it would lose its exceptions.
LONGEST = 1_200
SHORTEST = 150
# Best first. A cut is made after the mark, where white space follows.
_MARKS = (";", ":", ",", "")


def clauses(text: str, start: int, end: int) -> list[Span]:
    """The stretch from ``start`` to ``end`` in pieces of at most ``LONGEST`` characters."""
    spans = []
    while end - start > LONGEST:
        cut = _cut(text, start)
        spans.append((start, cut))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    return [*spans, (start, end)] if start < end else spans


def _cut(text: str, start: int) -> int:
    for mark in _MARKS:
        for cut in range(start + LONGEST, start + SHORTEST, -1):
            if text[cut].isspace() and text.endswith(mark, start, cut):
                return cut
    return start + LONGEST
