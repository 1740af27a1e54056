"""Where in an act a block stands: the numbers and letters above it, and the lead-ins.

One reader for both, fed with the blocks in order. It knows lists by the style of their markers:
``1.`` → ``(a)`` → ``(i)``. A style seen before closes what is nested in it, a new one is nested. A
paragraph without a marker is a further subparagraph of the numbered one that it follows. New text
quoted in an amending act is numbered below the point that quotes it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.sentence import Sentence
from indexer.signs import BULLETS, NUMBERS, Sign, closes_quote, letter_style, opens_quote, read_sign
from knowledge.markers import starts_with_point
from knowledge.references import heading_references, is_heading_of_recitals

# The closing formula of an act: signatures and notes follow, no paragraphs of its last article.
_DONE = re.compile(
    r"(?:done at|geschehen zu|fait à|hecho en|fatto a|gedaan te|έγινε στ|"
    r"v (?:bruseli|štrasburgu) \d|sporządzono w|adoptat[ăe]? la|donné à)\s",
    re.IGNORECASE,
)
_ENDS = (".", ";", ",", "!", "?", "\u2026", ")")
_LEGAL = ("article", "annex", "amendment")


@dataclass(slots=True)
class _Level:
    """An open list at its latest point; a paragraph that may introduce one has no sign.

    ``lead`` introduces what is nested in it; ``open_end`` does if a list follows at once: "16.
    ‘main establishment’", "either".
    """

    style: str
    sign: Sign | None = None
    shown: str = ""
    lead: Sentence | None = None
    open_end: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """``place``: the markers above and of a block, outermost first. ``leads``: its lead-ins."""

    place: tuple[str, ...] = ()
    leads: tuple[Sentence, ...] = ()


class Outline:
    """The open lists at one place of the text: ``enter`` each block, then ``leave`` it."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []
        self.open_section(())

    def open_section(self, path: Sequence[str]) -> None:
        """A heading: no list goes on behind it."""
        self._levels = []
        self._quoted_from: int | None = None
        self._quote = ""
        self._is_over = False
        kinds = {ref.kind for heading in path for ref in heading_references(heading)}
        self._in_recitals = any(map(is_heading_of_recitals, path))
        self._in_annex = "annex" in kinds and "article" not in kinds
        amends = any(map(starts_with_point, path))
        self._is_legal = self._in_recitals or amends or not kinds.isdisjoint(_LEGAL)

    def enter(self, text: str, is_item: bool) -> Standing:
        """Moves on to a block and says where it stands."""
        sign = read_sign(text)
        if sign is not None and not is_item and self._is_no_sign(sign.style):
            sign = None
        self._is_over = self._is_over or bool(_DONE.match(text))
        if self._is_over:
            self._levels = [_Level("paragraph")]
            return Standing()
        self._begin_quote(text, sign)
        if sign is None and not is_item:
            self._enter_paragraph()
            return Standing(self.place)
        self._enter_point(sign)
        leads = (level.lead for level in self._levels[:-1])
        return Standing(self.place, tuple(lead for lead in leads if lead))

    @property
    def place(self) -> tuple[str, ...]:
        return tuple(level.shown for level in self._levels if level.shown)

    def leave(self, text: str, last: Sentence) -> None:
        """The block is read; ``last`` is its last sentence, which may introduce a list."""
        bare = Sentence(last.start, last.end, place=last.place)
        if introduces(text):
            self._levels[-1].lead = bare
        elif not text.rstrip().endswith(_ENDS):
            self._levels[-1].open_end = bare
        if self._quoted_from is not None and closes_quote(text, self._quote):
            del self._levels[self._quoted_from :]
            self._quoted_from = None

    def _is_no_sign(self, style: str) -> bool:
        """Outside of lists a dash begins a remark, and "R. Metsola" is a person."""
        return style in BULLETS or (style == "initial" and not self._in_annex)

    def _begin_quote(self, text: str, sign: Sign | None) -> None:
        mark = sign.quote if sign is not None else opens_quote(text)
        is_introduced = bool(self._levels) and self._levels[-1].lead is not None
        if self._quoted_from is None and mark and (sign is not None or is_introduced):
            self._quoted_from, self._quote = len(self._levels), mark

    def _enter_paragraph(self) -> None:
        """Keeps the numbered paragraph that it belongs to."""
        first = self._quoted_from or 0
        kept = next((n for n in range(first, len(self._levels)) if self._stays(n)), first - 1)
        del self._levels[kept + 1 :]
        self._levels.append(_Level("paragraph"))

    def _stays(self, number: int) -> bool:
        """Whether a numbered paragraph may go on: outside of laws, "1. 2. 3." below a lead-in is
        a list that ends where text without a number follows."""
        if self._levels[number].style not in NUMBERS:
            return False
        return self._is_legal or not any(level.lead for level in self._levels[:number])

    def _enter_point(self, sign: Sign | None) -> None:
        first = self._quoted_from or 0
        style = self._style(sign, first)
        for number in range(first, len(self._levels)):
            if self._levels[number].style == style:
                del self._levels[number:]
                break
        else:
            self._introduce_nested(first)
        self._levels.append(_Level(style, sign, self._shown(sign, style) if sign else ""))

    def _introduce_nested(self, first: int) -> None:
        """A list begins right behind a block whose sentence is still open."""
        if len(self._levels) > first and self._levels[-1].lead is None:
            self._levels[-1].lead = self._levels[-1].open_end

    def _style(self, sign: Sign | None, first: int) -> str:
        if sign is None:
            return "plain"
        if sign.style != "letter":
            return sign.style
        levels = {level.style: level for level in self._levels[first:]}
        letter, roman = levels.get("letter"), levels.get("roman")
        return letter_style(
            sign.marker,
            letter.sign.marker if letter and letter.sign else "",
            roman.sign.marker if roman and roman.sign else "",
            is_introduced=letter is not None and letter.lead is not None,
        )

    def _shown(self, sign: Sign, style: str) -> str:
        """ "1" for a paragraph, "(h)" or "(4)" for a point, "" for a dash."""
        if style in BULLETS:
            return ""
        quote = "\u201c" if self._quoted_from == len(self._levels) else ""
        if style in NUMBERS and not self._is_point(style):
            return quote + sign.marker
        return quote + (
            f"({sign.marker})" if style in (*NUMBERS, "letter", "roman") else sign.marker
        )

    def _is_point(self, style: str) -> bool:
        """Whether a number counts points (definitions, a list in a paragraph), not paragraphs."""
        if style == "section" or self._in_annex:
            return False
        above = self._levels[self._quoted_from or 0 :]
        nested = any(level.lead is not None or level.style in NUMBERS for level in above)
        return self._is_legal and (nested or (self._in_recitals and style == "brackets"))


def introduces(text: str) -> bool:
    return text.rstrip().endswith((":", "\uff1a"))
