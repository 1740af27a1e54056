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
from indexer.parsers.page_lines import PageOfLines, split_pages
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument
from indexer.parsers.sniffing import TEXT
from indexer.parsers.wrapped_lines import LineReader, Piece


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
        return ParsedDocument(pages=tuple(_pages(sheets)), has_pages=len(sheets) > 1)


def _pages(sheets: Sequence[PageOfLines]) -> list[Page]:
    lines = [line for sheet in sheets for line in sheet.lines]
    reader, hyphens = LineReader(lines), Hyphenation(lines)
    contents = [list(reader.pieces(sheet.lines, hyphens)) for sheet in sheets]
    _return_notes(contents)
    pages, open_sentence = [], ""
    for number, (sheet, pieces) in enumerate(zip(sheets, contents, strict=True), start=1):
        builder = PageBuilder()
        signs = {sign_of(text) for piece, text in pieces if piece.kind is BlockKind.FOOTNOTE}
        for piece, text in pieces:
            flows = piece.kind is BlockKind.PARAGRAPH and goes_on(open_sentence, text)
            kind, level = heading_of_point(piece.kind, text, piece.level)
            if kind is BlockKind.FOOTNOTE:
                builder.add(kind, text, sign=sign_of(text)[0])
                continue
            words, notes = without_signs(text, signs)
            builder.add(kind, words, level, continues=flows, notes=notes)
            open_sentence = ""
        open_sentence = _last_sentence(pieces) or open_sentence
        pages.append(builder.page(number, sheet.label))
    return pages


def _last_sentence(pieces: Sequence[tuple[Piece, str]]) -> str:
    texts = [text for piece, text in pieces if piece.kind is not BlockKind.FOOTNOTE]
    return texts[-1] if texts else ""


def _return_notes(contents: list[list[tuple[Piece, str]]]) -> None:
    """Notes that the extraction put behind the page line belong to the page before it."""
    for before, here in itertools.pairwise(contents):
        while here and here[0][0].kind is BlockKind.FOOTNOTE and here[0][1].startswith("("):
            before.append(here.pop(0))
    for pieces in contents:
        pieces.sort(key=lambda entry: entry[0].kind is BlockKind.FOOTNOTE)
