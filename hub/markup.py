"""The only way from a text that somebody typed to HTML."""

import hashlib
from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from hub.marking.cleaning import cleaned
from hub.marking.grammar import Tangled, parsed, without_unreadable
from hub.marking.referring import Found, found_among
from hub.marking.words import cut, plain_words
from hub.marking.writer import Writer

__all__ = ["Found", "found_in", "is_too_tangled", "plain", "rendered"]


def rendered(text: str, people: Mapping[str, str] | None = None, scope: str = "") -> Markup:
    """Safe HTML: the same for the same text and people. Takes less than a tenth of a second,
    whatever the text is; one with more markup than anybody reads is shown as it was typed.

    ``people``: the mentioned names that exist, with the pseudonym of each. ``scope``, small letters
    and figures, names the footnotes; by itself it is made of the text (``hub.cards`` tells those of
    equal texts on a page apart).
    """
    try:
        tokens = parsed(text)
    except Tangled:
        return Markup(_as_typed(text))  # noqa: S704 - escaped there
    written = Writer(tokens, people or {}, scope or _scope(text)).html()
    # Also what was typed as &#8238; is left out.
    return Markup(cleaned(without_unreadable(written)))  # noqa: S704 - nothing unsafe is left


def found_in(text: str) -> Found:
    """What the text refers to, without looking whether it exists."""
    try:
        return found_among(parsed(text))
    except Tangled:
        return Found()


def plain(text: str, longest: int = 0) -> str:
    """The words of the text without its signs, a line for each block; cut at ``longest`` characters
    unless that is 0, between words. What is quoted of other posts is left out where there is more.
    """
    try:
        words = plain_words(parsed(text))
    except Tangled:
        words = text.strip()
    words = without_unreadable(words)
    return cut(words, longest) if longest else words


def is_too_tangled(text: str) -> bool:
    """Whether the text is shown as it was typed, because it is too long or too much of it is
    markup. For forms, which can say so."""
    try:
        parsed(text)
    except Tangled:
        return True
    return False


def _as_typed(text: str) -> str:
    return f'<p class="as-typed" dir="auto">{escape(without_unreadable(text))}</p>'


def _scope(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=4).hexdigest()
