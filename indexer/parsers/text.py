"""Plain text, also the text of paged documents with their page lines still in it."""

import itertools
from collections.abc import Sequence
from typing import BinaryIO

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.encoding import decode
from indexer.parsers.flow import goes_on
from indexer.parsers.headings import heading_of_point
from indexer.parsers.hyphenation import Hyphenation
from indexer.parsers.limits import Limits
from indexer.parsers.note_signs import sign_of, without_signs
from indexer.parsers.openings import stated_date, stated_status
from indexer.parsers.page_lines import PageOfLines, split_pages
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument
from indexer.parsers.sniffing import TEXT
from indexer.parsers.wrapped_lines import LineReader, Piece

Told = tuple[Piece, str]  # a block and its text


class TextParser:
    """Reads plain text in any encoding; printed page lines become pages with labels."""

    media_types: tuple[str, ...] = (TEXT,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        text = decode(self._limits.read(stream)).replace("\x00", " ")
        self._limits.check_characters(len(text))
        sheets = split_pages(text.replace("\r\n", "\n").replace("\r", "\n").expandtabs())
        self._limits.check_pages(len(sheets))
        pages = _pages(sheets)
        return ParsedDocument(
            pages=tuple(pages),
            has_pages=len(pages) > 1,
            date=stated_date(pages[0]),
            status=stated_status(pages[0]),
        )


def _pages(sheets: Sequence[PageOfLines]) -> list[Page]:
    lines = [line for sheet in sheets for line in sheet.lines]
    reader, hyphens = LineReader(lines), Hyphenation(lines)
    contents = [list(reader.pieces(sheet.lines, hyphens)) for sheet in sheets]
    _return_notes(contents)
    flows = _turn(contents, hyphens)
    return [
        _page(number, sheet.label, pieces, number in flows)
        for number, (sheet, pieces) in enumerate(zip(sheets, contents, strict=True), start=1)
    ]


def _page(number: int, label: str | None, pieces: Sequence[Told], flows: bool) -> Page:
    builder = PageBuilder()
    signs = {sign_of(text) for piece, text in pieces if piece.kind is BlockKind.FOOTNOTE}
    for piece, text in pieces:
        kind, level = heading_of_point(piece.kind, text, piece.level)
        if kind is BlockKind.FOOTNOTE:
            builder.add(kind, text, sign=sign_of(text)[0])
            continue
        words, notes = without_signs(text, signs)
        builder.add(kind, words, level, continues=flows, notes=notes)
        flows = False
    return builder.page(number, label)


def _turn(contents: list[list[Told]], hyphens: Hyphenation) -> set[int]:
    """The numbers of the pages that begin with the rest of a sentence.

    A word cut there is made whole on the page before, whose footnotes move before the paragraph
    that goes on overleaf.
    """
    found: set[int] = set()
    last: tuple[list[Told], int] | None = None
    for number, pieces in enumerate(contents, start=1):
        body = [place for place, (piece, _) in enumerate(pieces) if not _is_note(piece)]
        if last and body and _goes_on(last[0][last[1]][1], pieces[body[0]]):
            found.add(number)
            _mend(last[0], last[1], pieces, body[0], hyphens)
            last[0].append(last[0].pop(last[1]))
        if body:
            last = pieces, body[-1]
    return found


def _is_note(piece: Piece) -> bool:
    return piece.kind is BlockKind.FOOTNOTE


def _goes_on(before: str, told: Told) -> bool:
    return told[0].kind is BlockKind.PARAGRAPH and goes_on(before, told[1])


def _mend(
    before: list[Told], last: int, after: list[Told], first: int, hyphens: Hyphenation
) -> None:
    piece, text = before[last]
    going_on, words = after[first]
    rest, _, others = words.partition(" ")
    cut, between = hyphens.glue(text, words)
    if others and not between:
        before[last] = piece, text[: len(text) - cut] + rest
        after[first] = going_on, others


def _return_notes(contents: list[list[Told]]) -> None:
    """Notes that the extraction put behind the page line belong to the page before it."""
    for before, here in itertools.pairwise(contents):
        while here and here[0][0].kind is BlockKind.FOOTNOTE and here[0][1].startswith("("):
            before.append(here.pop(0))
    for pieces in contents:
        pieces.sort(key=lambda entry: entry[0].kind is BlockKind.FOOTNOTE)
