"""From the lines of a PDF to blocks: headings, points, rows, paragraphs, footnotes."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from indexer.parsers.flow import may_end
from indexer.parsers.headings import is_contents_line, legal_heading, numbered_heading
from indexer.parsers.markers import is_marker, starts_item
from indexer.parsers.parsed import BlockKind
from indexer.parsers.pdf_lines import Line
from indexer.parsers.pdf_pieces import Piece
from indexer.parsers.pdf_tables import with_tables

_NOTE = re.compile(r"\(?(?:\d{1,3}(?!\d)|\*{1,3})\)?[\s.]?\s*\S")
_AMENDMENT = re.compile(r"Amendment \d+\b")
# "… as laid down in / Chapter 2. Where relevant, …"
_AT_SENTENCE_END = re.compile(r"[^\W\d_][^\W\d_]*[a-z] (?:\d+[a-z]?|[IVXLC]+|[A-Z])\.(?: .*)?")
_LONGEST_HEADING = 300
_LONGEST_TITLE = 900
_BOLD_LEVEL = 5
_BULLETS = "\u2022\u25aa\u25cf\u25cb\u25e6\u2013\u2014-\u00b7\u25a0\u2043\u2219"


class Typography:
    """How the document is set: the size of its body text and of its headings."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        sizes: Counter[float] = Counter()
        bold = total = 0
        for line in (line for lines in pages for line in lines):
            length = len(line.text)
            sizes[_rounded(line.size)] += length
            bold += length * (line.is_bold and not line.is_italic)
            total += length
        self.body = sizes.most_common(1)[0][0] if sizes else 10.0
        # Where half of the text is bold, bold marks no headings.
        self.bold_means_heading = bold < 0.4 * total
        self.pitch = _pitch([line for lines in pages for line in lines])
        larger = sorted({size for size in sizes if size > 1.12 * self.body}, reverse=True)
        merged = [size for place, size in enumerate(larger)
                  if not place or larger[place - 1] > 1.05 * size]  # fmt: skip
        self._ranks = {size: min(place + 1, 3) for place, size in enumerate(merged)}

    def heading_rank(self, size: float) -> int:
        """1 for the largest type of the document down to 3; 0 for body type."""
        if size <= 1.12 * self.body:
            return 0
        nearest = min(self._ranks, key=lambda known: abs(known - size), default=0.0)
        return self._ranks.get(nearest, 3)


def _rounded(size: float) -> float:
    return round(2 * size) / 2


class BlockReader:
    """Groups the lines of a page; one reader serves a whole document."""

    def __init__(self, typography: Typography) -> None:
        self._type = typography

    def pieces(self, lines: Sequence[Line], height: float) -> list[Piece]:
        """The blocks of a page, footnotes last."""
        lines = [line for line in lines if not line.is_rule]
        notes_from = self._notes_from(lines, height)
        body = with_tables(list(self._group(lines[:notes_from])), self._type.pitch)
        return [*body, *self._notes(lines[notes_from:])]

    def _notes_from(self, lines: Sequence[Line], height: float) -> int:
        """Where the footnotes begin: from there to the end, nothing is set like body text."""
        for place, line in enumerate(lines):
            rest = lines[place:]
            if line.is_row or line.top < 0.35 * height or not _NOTE.match(line.text):
                continue
            smaller = all(other.size < 0.93 * self._type.body for other in rest)
            downward = all(other.top >= line.top - 2 for other in rest)
            if (smaller or self._is_signed_note(line, rest)) and downward:
                return place
        return len(lines)

    def _is_signed_note(self, line: Line, rest: Sequence[Line]) -> bool:
        fits = all(other.size <= 1.05 * self._type.body for other in rest)
        return line.starts_small and fits and len(rest) < 25 and line.left < rest[-1].left + 30

    def _notes(self, lines: Sequence[Line]) -> Iterator[Piece]:
        piece: Piece | None = None
        margin = min((line.left for line in lines), default=0.0)
        are_raised = any(line.starts_note for line in lines)
        for line in lines:
            begins = _NOTE.match(line.text) and (
                line.starts_small
                or line.text[:1] in "(*"
                or (not are_raised and line.left < margin + 12 and line.text[:1].isdigit())
            )
            if piece is None or begins:
                if piece:
                    yield piece
                piece = Piece(BlockKind.FOOTNOTE, [line])
            else:
                piece.lines.append(line)
        if piece:
            yield piece

    def _group(self, lines: Sequence[Line]) -> Iterator[Piece]:
        pitch = min(_pitch(lines), 1.2 * self._type.pitch)
        piece: Piece | None = None
        for line in lines:
            if piece and self._belongs(piece, line, pitch):
                piece.lines.append(line)
                piece.wants_title = piece.wants_title and len(piece.lines) < 5
                continue
            if piece:
                yield _settled(piece)
            piece = self._begin(line)
        if piece:
            yield _settled(piece)

    def _begin(self, line: Line) -> Piece:
        text = line.text
        if line.is_row and not is_contents_line(text):
            spaced = numbered_heading(text.replace(" | ", " ")) if self._stands_out(line) else None
            if spaced is None:
                return Piece(BlockKind.ROW, [line])
        if is_contents_line(text):
            return Piece(BlockKind.ROW, [line])
        level, wants_title = self._heading(line, text)
        if level:
            line = line.as_words()
            return Piece(BlockKind.HEADING, [line], level, wants_title)
        if line.starts_note:  # at the end of a cell
            return Piece(BlockKind.FOOTNOTE, [line])
        return Piece(BlockKind.ITEM if starts_item(text) else BlockKind.PARAGRAPH, [line])

    def _stands_out(self, line: Line) -> bool:
        bold = line.is_bold and not line.is_italic and self._type.bold_means_heading
        return bold or self._type.heading_rank(line.size) > 0

    def _heading(self, line: Line, text: str) -> tuple[int, bool]:
        """(level, whether its title follows), (0, False) for other lines."""
        known = legal_heading(text)
        stands_out = self._stands_out(line)
        if known and not stands_out and _AT_SENTENCE_END.fullmatch(text):
            return 0, False
        # With more words on the line it may be the middle of a sentence, unless set as a heading.
        if known and (known.wants_title or line.is_italic or line.is_bold or known.level == 2):
            return known.level, known.wants_title
        if not stands_out or not _can_head(text):
            return 0, False
        numbered = numbered_heading(text)
        if numbered:
            return numbered.level, False
        rank = self._type.heading_rank(line.size)
        if not rank and (text.endswith((".", ",", ";")) or starts_item(text)):
            return 0, False
        return (rank or _BOLD_LEVEL), False

    def _belongs(self, piece: Piece, line: Line, pitch: float) -> bool:
        last = piece.lines[-1]
        if line.is_row or last.is_row or line.is_sideways != last.is_sideways:
            return line.is_sideways and last.is_sideways
        if piece.kind is BlockKind.HEADING:
            return self._heads_on(piece, line, pitch)
        text = line.text
        if line.starts_note:
            return False
        if self._heading(line, text)[0] and not _is_inside(last, line, pitch):
            return False
        if _differs(last, line) or not _is_below(last, line):
            return False
        if line.top - last.top > 1.35 * pitch and not is_marker(last.text):
            return False
        return not _starts_paragraph(piece, line, text)

    def _heads_on(self, piece: Piece, line: Line, pitch: float) -> bool:
        """Whether a heading goes on: wrapped, or its title on the next line."""
        last = piece.lines[-1]
        text = line.text
        is_amendment = bool(_AMENDMENT.match(piece.lines[0].text)) and len(piece.lines) < 4
        if not _is_below(last, line) or len(text) > _LONGEST_HEADING or starts_item(text):
            return False
        if not is_amendment and (legal_heading(text) or self._is_numbered(line, text)):
            return False
        step = (line.top - last.top) / max(pitch, 1.15 * last.size)
        if piece.wants_title:
            return step < 3.2 and self._is_title(piece.lines, line, text)
        alike = abs(line.size - last.size) < 0.6 and line.is_bold == last.is_bold
        styled = self._stands_out(line) or (line.is_italic and piece.lines[0].is_italic)
        return step < 1.6 and alike and styled and self._wraps(piece, line)

    def _is_numbered(self, line: Line, text: str) -> bool:
        return self._stands_out(line) and numbered_heading(text) is not None

    def _is_title(self, heading: Sequence[Line], line: Line, text: str) -> bool:
        """The line below "Article 5" is its title if set apart from the body in any way."""
        if text.endswith(".") or abs(line.size - heading[0].size) > 0.3 * line.size:
            return False
        titled = len(heading) > 1
        if titled:
            alike = (line.is_bold, line.is_italic) == (heading[-1].is_bold, heading[-1].is_italic)
            return alike and (line.is_bold or line.is_italic or _is_centred(heading[-1], line))
        return line.is_bold or line.is_italic or _is_centred(heading[0], line)

    def _wraps(self, piece: Piece, line: Line) -> bool:
        stands = self._stands_out(line) or bool(legal_heading(piece.lines[0].text))
        total = sum(len(known.text) for known in piece.lines) + len(line.text)
        return stands and total <= _LONGEST_TITLE


def _settled(piece: Piece) -> Piece:
    """The full title of an act in bold is no heading that a reader would cite."""
    if piece.kind is BlockKind.HEADING and len(piece.lines) > 2:
        length = sum(len(line.text) for line in piece.lines)
        if length > _LONGEST_HEADING:
            return Piece(BlockKind.PARAGRAPH, piece.lines)
    return piece


def _can_head(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return 3 <= len(text) <= _LONGEST_HEADING and letters >= 0.5 * len(text.replace(" ", ""))


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance from line to line."""
    steps = [
        after.top - before.top
        for before, after in itertools.pairwise(lines)
        if 0.5 * after.size < after.top - before.top < 3 * after.size
    ]
    if not steps:
        return 14.0
    return min(median(steps), 1.2 * sorted(steps)[len(steps) // 4])


def _is_below(last: Line, line: Line) -> bool:
    overlap = min(last.right, line.right) - max(last.left, line.left)
    return line.top > last.top + 0.3 * last.size and overlap > 0


def _is_inside(last: Line, line: Line, pitch: float) -> bool:
    """A line that looks like "Article 6 of …" in the middle of a paragraph."""
    return (
        line.is_bold == last.is_bold
        and line.is_italic == last.is_italic
        and not may_end(last.text)
        and _is_below(last, line)
        and line.top - last.top < 1.2 * pitch
        and abs(line.left - last.left) < 2
    )


def _differs(last: Line, line: Line) -> bool:
    return abs(line.size - last.size) > 0.12 * max(line.size, last.size)


def _is_centred(first: Line, line: Line) -> bool:
    return abs((first.left + first.right) - (line.left + line.right)) < 12


def _starts_paragraph(piece: Piece, line: Line, text: str) -> bool:
    last = piece.lines[-1]
    if starts_item(text) and not is_marker(last.text):
        is_set_apart = abs(line.left - last.left) > 3 and abs(line.left - last.text_left) > 3
        return may_end(last.text) or is_set_apart or text[0] in _BULLETS
    hanging = piece.lines[0].text_left
    if len(piece.lines) == 1:
        return line.left > max(last.left, hanging) + 40
    # A first line set in, as books do.
    is_set_in = line.left > piece.lines[-1].left + 0.8 * line.size
    ends = last.text[-1:] in ".:;!?\u201d"
    return is_set_in and ends
