"""Splits a parsed document into the pieces that are searched, all as offsets into its text."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.parsers.parsed import Block, BlockKind, ParsedDocument
from indexer.sections import Section, SectionReader
from indexer.sentence import Span
from indexer.stretches import stretches
from indexer.windows import windows
from knowledge.guard.instructions import addresses_an_assistant

TINY_SECTION = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be. ``sentences`` lie between ``start`` and ``end``, in order; they are
    neighbours, but for the lead-in that begins a window cut out of a list.

    ``places`` has the markers above each sentence, ``definitions`` (sentence, term) of each that
    defines something.
    """

    start: int
    end: int
    section: tuple[str, ...]
    sentences: tuple[Span, ...]
    places: tuple[tuple[str, ...], ...] = ()
    definitions: tuple[tuple[int, str], ...] = ()


def canonical_text(document: ParsedDocument) -> str:
    return "".join(page.text for page in document.pages)


def split(document: ParsedDocument, language: str) -> list[Piece]:
    """The pieces of a document, ordered by where they begin. Text under no heading has path ()."""
    text = canonical_text(document)
    sections = SectionReader(text, language, title_of(document)).sections(stretches(document))
    pieces = [piece for section in _merged(sections) for piece in _pieces(section)]
    if not pieces:
        pieces = [piece for section in sections for piece in _heading_pieces(section)]
    return sorted(pieces, key=lambda piece: (piece.end, piece.start))


def title_of(document: ParsedDocument) -> str:
    """What the file calls itself: its stated title, or the one heading above all others that it
    begins with; "" where there is neither. An order to an assistant is no title."""
    title = _stated_title(document)
    return "" if addresses_an_assistant(title) else title


def _stated_title(document: ParsedDocument) -> str:
    if document.title and not addresses_an_assistant(document.title):
        return " ".join(document.title.split())
    first = document.pages[0]
    headings = [block for page in document.pages for block in page.blocks if _is_heading(block)]
    begins = bool(headings) and bool(first.blocks) and headings[0] is first.blocks[0]
    if not begins or any(block.level <= headings[0].level for block in headings[1:]):
        return ""
    return " ".join(first.text[headings[0].start : headings[0].end].split())


def _is_heading(block: Block) -> bool:
    return block.kind is BlockKind.HEADING


def passage_text(text: str, sentences: Sequence[Sequence[int]]) -> str:
    """The words of a passage in one line, as they are embedded and searched."""
    return " ".join(word for start, end in sentences for word in text[start:end].split())


def embedded_text(title: str, section: Sequence[str], text: str) -> str:
    """What is embedded: the passage below where it stands, because that says what it is about."""
    place = " › ".join([title, *section])
    return f"{place}\n{text}"


def text_hash(embedded: str) -> str:
    """The name of an embedded text in the table of vectors."""
    return hashlib.sha256(embedded.encode()).hexdigest()


def _merged(sections: Sequence[Section]) -> Iterator[Section]:
    """Joins a tiny section with the child that follows it, if that is tiny too: a longer one is
    worth more under its own heading."""
    held: Section | None = None
    for section in sections:
        if held is not None and _is_tiny_parent(held, section):
            held.sentences += section.sentences
            yield held
            held = None
            continue
        if held is not None:
            yield held
        held = section
    if held is not None:
        yield held


def _is_tiny_parent(parent: Section, child: Section) -> bool:
    depth = len(parent.path)
    deeper = 0 < depth < len(child.path) and child.path[:depth] == parent.path
    return deeper and 0 < parent.length < TINY_SECTION and child.length < TINY_SECTION


def _pieces(section: Section) -> Iterator[Piece]:
    for window in windows(section.sentences):
        yield Piece(
            window[0].start,
            window[-1].end,
            section.path,
            tuple(sentence.span for sentence in window),
            tuple(sentence.place for sentence in window),
            tuple((i, sentence.term) for i, sentence in enumerate(window) if sentence.term),
        )


def _heading_pieces(section: Section) -> Iterator[Piece]:
    if section.heading is not None:
        yield Piece(*section.heading, section.path[:-1], (section.heading,), ((),))
