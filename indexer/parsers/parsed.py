"""What every parser returns: pages of canonical text, cut into blocks.

The *canonical text* of a page is what is stored, searched, quoted and highlighted; everything else
is an offset into it. A block (paragraph, heading, list item, table row …) is one line of it: words
are separated by single spaces, words hyphenated across lines are joined again, and every block ends
with one "\\n". So a page's text is ``"".join(block + "\\n" for block in blocks)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Protocol


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CAPTION = "caption"  # what stands above or below a table and names it
    HEADER = "header"  # the row of a table that names its columns
    ROW = "row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the page's text; ``end`` excludes the closing newline.

    ``level`` is the depth of a heading (1 = highest) and 0 otherwise. ``continues`` says that the
    sentence begun in the block before (usually on the page before) goes on here. ``sign`` is what
    a footnote is referred to by ("12", "*"), "" for other blocks.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    continues: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class NoteSign:
    """Where the text of a page refers to a footnote: right before ``position``."""

    position: int
    sign: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or the whole text of a format without pages.

    ``number`` counts from 1. ``label`` is the number printed on the page, None where unknown.
    ``width`` and ``height`` are in PDF points, 0 without pages. ``boxes`` holds one
    (left, top, right, bottom) per character of ``text`` in points from the page's top left corner,
    all four 0 for a character without ink (a space, the newline); empty without pages. ``notes``
    are its references to footnotes. The text of a *recognised* page was read from a picture.
    """

    number: int
    label: str | None
    text: str
    blocks: Sequence[Block]
    width: float = 0.0
    height: float = 0.0
    boxes: Sequence[tuple[float, float, float, float]] = ()
    notes: Sequence[NoteSign] = ()
    is_recognised: bool = False


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A file as read. ``title``, ``language``, ``date`` and ``status`` only where the file itself
    states them.

    ``date`` is ISO 8601, possibly only a year or a month. ``status`` is a knowledge.models.Status.
    ``has_pages`` says whether page numbers mean anything to a reader.
    """

    pages: Sequence[Page]
    has_pages: bool
    title: str | None = None
    language: str | None = None
    date: str | None = None
    status: str | None = None
    warnings: Sequence[str] = field(default_factory=tuple)


class UnreadableFile(Exception):
    """The file cannot be read; ``cause`` is one of CAUSES, ``detail`` a short technical reason."""

    CAUSES = (
        *("empty", "encrypted", "damaged", "no_text", "unknown_type", "too_large"),
        *("too_slow", "too_much_memory", "crashes"),
    )

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause
        self.detail = detail


class DocumentParser(Protocol):
    """Reads one family of formats.

    ``parse`` reads the whole stream and returns at least one page with text, or raises
    UnreadableFile; it never raises anything else and never returns an empty document.
    """

    media_types: tuple[str, ...]

    def parse(self, stream: BinaryIO) -> ParsedDocument: ...
