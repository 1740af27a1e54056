"""Whether a sentence goes on from one block to the next."""

import re

_CLOSED = re.compile(r"[.;:!?\u2026][)\]\u201d\u2019\u00bb\"']*(?:\s?\(?\d{0,3}\)?)$")
_OPEN = re.compile(r"[,\u2013\u2014-]$|[^\W\d_]$|\)$|\d$")


_ROOM = re.compile(
    r"[.;:,!?\u2026\u201c\u201d\u2019\u00bb)\]\"'*\u2013\u2014]\d{0,3}$|"
    r"\b(?:and|or|und|oder|et|ou|en|of|y|o|e|\u03ba\u03b1\u03b9|\u03ae|i|lub|\u0219i|sau)$"
)


def may_end(line: str) -> bool:
    """Whether a new point of a list can follow ``line``: "in points" and "(a) and (b)" tell no."""
    return bool(_ROOM.search(line.rstrip()))


def is_open(text: str) -> bool:
    """Whether the last sentence of ``text`` is unfinished."""
    return bool(text) and not _CLOSED.search(text) and bool(_OPEN.search(text))


def goes_on(before: str, after: str) -> bool:
    """Whether ``after`` continues the sentence that ``before`` left unfinished."""
    if not after or not is_open(before):
        return False
    return after[0].islower() or before.endswith(",")
