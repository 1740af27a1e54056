"""Making any text safe to hand to a tokenizer."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str, longest: int) -> str:
    """The first ``longest`` characters, runs of white space as one space, lone surrogates gone.

    Tokenizers cut a text only after they read all of it, so a long one is cut here first.
    """
    joined = " ".join(text.split())[:longest]
    return _SURROGATES.sub("\ufffd", joined)
