"""Making any text safe to hand to a tokenizer."""

import re
from collections.abc import Sequence
from itertools import accumulate

from knowledge.protocols import Span

_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str, longest: int) -> str:
    """The first ``longest`` characters, runs of white space as one space, lone surrogates gone.

    Tokenizers cut a text only after they read all of it, so a long one is cut here first.
    """
    joined = " ".join(text.split())[:longest]
    return _SURROGATES.sub("\ufffd", joined)


def plain_spans(text: str, spans: Sequence[Span]) -> list[Span]:
    """Where these stretches of ``text`` lie in its plain form, were that not cut."""
    kept = " ".join(text.split())
    if len(kept) == len(text):
        return list(spans)
    # A space is kept where a word follows and a word stands before it.
    before = text[: len(text) - len(text.lstrip())]
    counts = [
        not letter.isspace() or (place >= len(before) and _ends_a_run(text, place))
        for place, letter in enumerate(text)
    ]
    place_of = [0, *accumulate(counts)]
    return [(place_of[start], place_of[end]) for start, end in spans]


def _ends_a_run(text: str, place: int) -> bool:
    return place + 1 < len(text) and not text[place + 1].isspace()
