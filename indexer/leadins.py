"""Which lead-ins stand above a point of a list, found by the style of its marker.

``1.`` → ``(a)`` → ``(i)``: a style seen before closes what is nested in it, a new one is nested.
"""

import re

from indexer.windows import Span

_MARKER = re.compile(
    r"\s*(?:(?P<number>\(?\d{1,3}[.)])|(?P<letter>\(?[^\W\d_]{1,6}\))|(?P<bullet>[–—•*·▪‣-]))\s"
)
_ROMAN = re.compile(r"[ivxlc]+")


class LeadIns:
    """The open lists at one place of the text. Feed it the blocks in order."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str, Span | None]] = []

    def close(self) -> None:
        """A heading: no list goes on behind it."""
        self._open = []

    def paragraph(self, text: str, last_sentence: Span) -> None:
        """A block outside of lists, which may introduce one."""
        self._open = [("paragraph", "", last_sentence if _introduces(text) else None)]

    def above_item(self, text: str) -> tuple[Span, ...]:
        """The lead-ins of a list item, outermost first."""
        style, _ = self._style(text)
        styles = [name for name, _, _ in self._open]
        if style in styles:
            del self._open[styles.index(style) :]
        return tuple(lead for _, _, lead in self._open if lead is not None)

    def item(self, text: str, last_sentence: Span) -> None:
        """The item itself, asked about before, which may introduce a nested list."""
        style, marker = self._style(text)
        self._open.append((style, marker, last_sentence if _introduces(text) else None))

    def _style(self, text: str) -> tuple[str, str]:
        match = _MARKER.match(text)
        if match is None:
            return "plain", ""
        kind = match.lastgroup or "plain"
        marker = match.group(kind).strip("().").lower()
        return (self._letters(marker) if kind == "letter" else kind), marker

    def _letters(self, marker: str) -> str:
        """Whether ``(i)``, ``(v)`` or ``(c)`` counts in letters or in Roman numbers."""
        if not _ROMAN.fullmatch(marker):
            return "letter"
        styles = {style: (latest, lead) for style, latest, lead in self._open}
        if len(marker) > 1 or "roman" in styles:
            return "roman"
        latest, lead = styles.get("letter", ("", None))
        follows = latest == chr(ord(marker) - 1) and lead is None  # (h) with a lead-in opens (i)
        return "roman" if marker == "i" and not follows else "letter"


def _introduces(text: str) -> bool:
    return text.rstrip().endswith((":", "\uff1a"))
