"""From the lines of a plain text to its blocks: headings, points, paragraphs, footnotes."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from indexer.parsers.flow import goes_on, may_end
from indexer.parsers.headings import (
    ArticleStyle,
    Heading,
    article_label,
    contents_cells,
    is_contents_line,
    legal_heading,
    numbered_heading,
)
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.markers import is_marker, starts_item
from indexer.parsers.note_signs import glued_numbers, with_signs_at_their_words
from indexer.parsers.parsed import BlockKind

_NOTE_SIGN = re.compile(r"\( ?\d{1,3} ?\) ?(?=[A-Z\u00c0-\u017f\u0391-\u03a9])")
_PLAIN_NOTE = re.compile(r"(?P<number>\d{1,4}) (?P<words>[A-Z\u00c0-\u017f].{15})?(?=\S)")
_LINE_END = re.compile(r"[.;:!?][\"'\u2019\u201d)\]]*\d{0,3}$")
_LEGAL_ITEM = re.compile(r"\(\d{1,3}\) |\([a-z]{1,3}\) |\d{1,3}\. ")
_LINKING_WORD = re.compile(
    r" (?:and|or|of|the|for|on|to|in|with|a|an|et|de|des|du|la|und|der|van)$"
)
_PLAIN_LEVEL = 2
_MARKS_NOTE = "\u0001"


@dataclass(slots=True)
class Piece:
    """A block in the making."""

    kind: BlockKind
    lines: list[str] = field(default_factory=list)
    level: int = 0
    wants_title: bool = False


def mend_note_signs(lines: Sequence[str]) -> list[str]:
    """Put "(", "12", ") Directive" on one line again; a note at a line's beginning is marked."""
    mended: list[str] = []
    for line in lines:
        text = line.strip()
        open_sign = mended and re.search(r"\((?: \d{1,3})?$", mended[-1])
        closes = re.match(r"\d{1,3}\)?(?=$|[\s.,;:)])|\)", text)
        if open_sign and closes:
            mended[-1] += (" " if mended[-1].endswith("(") or text[0] == ")" else "") + text
        elif mended and re.search(r"\( \d{1,3} ?\)$", mended[-1]) and text[:1] in ".,;:":
            mended[-1] += text
        else:
            mended.append(_MARKS_NOTE + text if text == "(" else text)
    return [_marked(line) for line in mended]


def _marked(line: str) -> str:
    """Keep the mark only where a note begins: a sign within a sentence may start a line too."""
    bare = line.removeprefix(_MARKS_NOTE)
    begins = line.startswith(_MARKS_NOTE) and _NOTE_SIGN.match(bare)
    return line if begins else bare


class LineReader:
    """Groups the lines of one page after another; it knows how wide the text is set."""

    def __init__(self, lines: Sequence[str]) -> None:
        lengths = sorted(len(line) for line in lines if len(line.strip()) > 30)
        self.width = lengths[int(0.75 * (len(lengths) - 1))] if lengths else 80
        longest = lengths[int(0.95 * (len(lengths) - 1))] if lengths else 80
        self.is_wrapped = (longest < 1.6 * self.width and self.width < 180) or self._is_ragged(
            lengths
        )
        self._last_note = 0
        self._referred: Collection[str] = ()
        self._articles = ArticleStyle(lines)

    @staticmethod
    def _is_ragged(lengths: Sequence[int]) -> bool:
        """Wrapped in the main, with some lines run together by the extraction."""
        return bool(lengths) and lengths[len(lengths) // 2] < 100 and len(lengths) > 200

    def pieces(self, lines: Sequence[str], hyphens: Hyphenation) -> Iterator[tuple[Piece, str]]:
        """(piece, its text) for each block of one page."""
        mended = with_signs_at_their_words(mend_note_signs(lines))
        self._referred = glued_numbers(mended)
        for piece in self._group(_mend_contents(mended)):
            yield piece, hyphens.join(piece.lines)

    def _group(self, lines: Sequence[str]) -> Iterator[Piece]:
        piece: Piece | None = None
        for place, line in enumerate(lines):
            before = lines[place - 1] if place else ""
            following = lines[place + 1] if place + 1 < len(lines) else ""
            if not line:
                if piece and not piece.wants_title:
                    yield piece
                    piece = None
                continue
            if piece and self._belongs(piece, line, following):
                piece.lines.append(line)
                piece.wants_title = piece.wants_title and self._title_goes_on(piece, following)
                continue
            if piece:
                yield piece
            begun = self._begin(line)
            if not before and self._stands_alone(line, following, lines[place + 2 : place + 4]):
                begun = [Piece(BlockKind.HEADING, [line], _PLAIN_LEVEL)]
            for piece in begun:
                if piece.kind is BlockKind.HEADING and len(piece.lines) > 1:
                    yield piece
        if piece:
            yield piece

    def _begin(self, line: str) -> list[Piece]:
        """The piece that ``line`` begins; an article's label in front of its text is one more."""
        if line.startswith(_MARKS_NOTE):
            return [Piece(BlockKind.FOOTNOTE, [line.removeprefix(_MARKS_NOTE)])]
        if is_contents_line(line):
            return [Piece(BlockKind.ROW, [" | ".join(contents_cells(line))])]
        heading = self._heading(line)
        if heading:
            return [Piece(BlockKind.HEADING, [line], heading.level, heading.wants_title)]
        label = article_label(line)
        if label and self._articles.admits(line):
            heading_piece = Piece(BlockKind.HEADING, [label[0], ""], 4)
            kind = BlockKind.ITEM if starts_item(label[1]) else BlockKind.PARAGRAPH
            return [heading_piece, Piece(kind, [label[1]])]
        if self._is_note(line):
            return [Piece(BlockKind.FOOTNOTE, [line])]
        return [Piece(BlockKind.ITEM if starts_item(line) else BlockKind.PARAGRAPH, [line])]

    def _stands_alone(self, line: str, following: str, later: Sequence[str]) -> bool:
        """A short line between blank ones, above longer text: how plain texts write headings."""
        body = next((text for text in later if text), "")
        if following or not body or (self.is_wrapped and len(line) > 0.6 * self.width):
            return False
        is_title = line[0].isupper() and line[-1].isalnum() and not starts_item(line)
        return is_title and 3 < len(line) <= 80 and len(body) > max(len(line), 40)

    def _heading(self, line: str) -> Heading | None:
        legal = legal_heading(line)
        if legal and self._articles.admits(line):
            return legal
        # A line that is full is the first of a numbered paragraph, not a heading.
        is_full = self.is_wrapped and len(line) > 0.93 * self.width
        return None if is_full else numbered_heading(line)

    def _starts_anew(self, line: str, last: str) -> bool:
        if line.startswith(_MARKS_NOTE) or is_contents_line(line):
            return True
        if self._heading(line) is not None:
            return True
        if starts_item(line):
            return may_end(last) or len(last) < 0.6 * self.width
        return article_label(line) is not None and self._articles.admits(line)

    def _is_note(self, line: str) -> bool:
        """Notes of a report are numbered through: "152 General Data Protection Regulation"."""
        number = self._note_number(line)
        if not self.is_wrapped or not self._last_note < number <= self._last_note + 3:
            return False
        self._last_note = number
        return True

    def _belongs(self, piece: Piece, line: str, following: str) -> bool:
        if piece.kind is BlockKind.HEADING:
            return self._is_title_of(piece, line, following) or self._wraps(piece, line)
        last = piece.lines[-1]
        if piece.kind is BlockKind.ROW or not self.is_wrapped or self._starts_anew(line, last):
            return False
        if piece.kind is BlockKind.FOOTNOTE:
            return self._note_goes_on(piece, line)
        if is_marker(last) or (goes_on(last, line) and line[0].islower()):
            return True
        if self._next_is_note(line):
            return False
        is_short = len(last) < 0.78 * self.width
        return not is_short or not (_LINE_END.search(last) or line[0].isupper())

    def _next_is_note(self, line: str) -> bool:
        number = self._note_number(line)
        return 0 < number - self._last_note <= 3 if number else False

    def _note_number(self, line: str) -> int:
        """The number that a line begins with if a note can begin with it, 0 for other lines."""
        match = _PLAIN_NOTE.match(line)
        if match is None or not (match.group("words") or match.group("number") in self._referred):
            return 0
        return int(match.group("number"))

    def _note_goes_on(self, piece: Piece, line: str) -> bool:
        if self._next_is_note(line):
            return False
        last = piece.lines[-1]
        is_full = len(last) > 0.9 * self.width
        return not last.endswith(".") or (is_full and line[0] in "(\u2018")

    def _is_title_of(self, piece: Piece, line: str, following: str) -> bool:
        last = piece.lines[-1]
        if not piece.wants_title or len(line) > 1.3 * self.width:
            return False
        if self._starts_anew(line, last + "."):
            return False
        if line.endswith(","):  # a title of two lines; the second is short and ends openly
            short = 0 < len(following) < 0.85 * self.width and following[0].islower()
            return short and not _LINE_END.search(following)
        return not line.endswith((".", ";", ":")) and not _LEGAL_ITEM.match(line)

    def _wraps(self, piece: Piece, line: str) -> bool:
        """A numbered heading of a report that is too long for its line."""
        last = piece.lines[-1]
        is_open = line[0].islower() or _LINKING_WORD.search(last)
        if len(piece.lines) > 2 or not is_open or last == "" or self._heading(line):
            return False
        return len(piece.lines[-1]) > 25 and len(line) < 0.8 * self.width and line[-1] not in ".;:,"

    def _title_goes_on(self, piece: Piece, following: str) -> bool:
        """A title wraps when its line is full or the next goes on in lower case or capitals."""
        last = piece.lines[-1]
        if not following or len(piece.lines) > 4 or self._starts_anew(following, last + "."):
            return False
        capitals = last.isupper() and following.isupper()
        return capitals or (following[0].islower() and len(last) > 0.5 * self.width)


def _mend_contents(lines: Sequence[str]) -> list[str]:
    """A line of contents that wraps: its dots and page number stand on the second line."""
    mended: list[str] = []
    for line in lines:
        before = mended[-1] if mended else ""
        wraps = is_contents_line(line) and not is_contents_line(before) and line[:1].islower()
        if wraps and numbered_heading(before):
            mended[-1] = f"{before} {line}"
        else:
            mended.append(line)
    return mended
