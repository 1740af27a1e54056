"""The signs that begin a point of a list: "(a)", "1.", "iv)", "—", a bullet."""

import re

_QUOTE = r"[\u201c\u201e\u2018\u00ab]?"
_NUMBERS = r"(?:\d{1,3}(?: ?(?:[a-z]|bis|ter|quater))?|[a-z]{1,2}|[ivxlcdm]{1,6}|[A-Z])"
_DECIMAL = r"\d{1,3}(?:\.\d{1,2}){0,3}[a-z]?\."
_ENUMERATED = (
    rf"{_QUOTE}(?:\({_NUMBERS}(?: [a-z])?\)|{_NUMBERS}\)|{_DECIMAL}|[a-z]\.|\d{{1,2}}\u00b0)"
)
_DASHED = "[\u2013\u2014\u2212\u2022\u25aa\u25cf\u25cb\u25e6\u2043\u2219\u00b7\u25a0-]"
_PARAGRAPH = r"§ ?\d{1,3}(?:er)?\.?"
MARKER = re.compile(rf"(?:{_ENUMERATED}|{_DASHED}|{_PARAGRAPH})")
LEADING = re.compile(rf"\s*({_ENUMERATED}|{_DASHED}|{_PARAGRAPH})\s+(?=\S)")


def is_marker(text: str) -> bool:
    """Whether ``text`` is nothing but the sign that begins a point."""
    return bool(MARKER.fullmatch(text.strip()))


def starts_item(text: str) -> bool:
    """Whether ``text`` begins with such a sign followed by words."""
    return bool(LEADING.match(text))
