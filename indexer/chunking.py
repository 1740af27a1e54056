"""Splits a parsed document into the pieces that are searched, all as offsets into its text."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from indexer.clauses import LONGEST, clauses
from indexer.leadins import LeadIns
from indexer.parsers.parsed import Block, BlockKind, ParsedDocument
from indexer.windows import Sentence, Span, windows
from knowledge.sentences import split_sentences

TINY_SECTION = 200
LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be. ``sentences`` lie between ``start`` and ``end``, in order; they are
    neighbours, but for the lead-in that begins a window cut out of a list."""

    start: int
    end: int
    section: tuple[str, ...]
    sentences: tuple[Span, ...]


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    heading: Span | None = None
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def length(self) -> int:
        return sum(sentence.length for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A block, or a block and those that continue it, in global offsets."""

    start: int
    end: int
    kind: BlockKind
    level: int


def canonical_text(document: ParsedDocument) -> str:
    return "".join(page.text for page in document.pages)


def split(document: ParsedDocument, language: str) -> list[Piece]:
    """The pieces of a document, ordered by where they begin. Text under no heading has path ()."""
    text = canonical_text(document)
    sections = _Reader(text, language, title_of(document)).sections(_stretches(document))
    pieces = [piece for section in _merged(sections) for piece in _pieces(section)]
    if not pieces:
        pieces = [piece for section in sections for piece in _heading_pieces(section)]
    return sorted(pieces, key=lambda piece: (piece.end, piece.start))


def title_of(document: ParsedDocument) -> str:
    """What the file calls itself: its stated title, or the one heading above all others that it
    begins with; "" where there is neither."""
    if document.title:
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


def _stretches(document: ParsedDocument) -> Iterator[_Stretch]:
    """The blocks of all pages; one that continues the block right before it is joined to it.

    Over a footnote the halves of a sentence stay apart: joined they would quote the footnote.
    """
    held: _Stretch | None = None
    page_start = 0
    for page in document.pages:
        for block in page.blocks:
            start, end = page_start + block.start, page_start + block.end
            if held is not None and _goes_on(held, block):
                held = _Stretch(held.start, end, held.kind, held.level)
                continue
            if held is not None:
                yield held
            held = _Stretch(start, end, block.kind, block.level)
        page_start += len(page.text)
    if held is not None:
        yield held


def _goes_on(held: _Stretch, block: Block) -> bool:
    if not block.continues:
        return False
    return (held.kind is BlockKind.FOOTNOTE) == (block.kind is BlockKind.FOOTNOTE)


class _Reader:
    """Turns stretches into sections of sentences, keeping where in the outline it stands."""

    def __init__(self, text: str, language: str, title: str) -> None:
        self.text, self.language, self.title = text, language, " ".join(title.split()).casefold()
        self.headings: list[tuple[int, str]] = []
        self.lead_ins = LeadIns()
        self.body = _Section(())
        self.found = [self.body]

    def sections(self, stretches: Iterator[_Stretch]) -> list[_Section]:
        for stretch in stretches:
            if stretch.kind is BlockKind.HEADING:
                self._open_section(stretch)
            elif stretch.kind is BlockKind.FOOTNOTE:
                self._add_footnote(stretch)
            else:
                self._add_text(stretch)
        return self.found

    def _open_section(self, stretch: _Stretch) -> None:
        words = " ".join(self.text[stretch.start : stretch.end].split())
        self.lead_ins.close()
        self.headings = [h for h in self.headings if h[0] < stretch.level]
        if words.casefold() != self.title:  # the title stands above every passage anyway
            self.headings.append((stretch.level, _shortened(words)))
        self.body = _Section(self._path(), (stretch.start, stretch.end))
        self.found.append(self.body)

    def _add_footnote(self, stretch: _Stretch) -> None:
        sentences = [Sentence(*span, i == 0) for i, span in enumerate(self._spans(stretch))]
        self.found.append(_Section(self._path(), sentences=sentences))

    def _add_text(self, stretch: _Stretch) -> None:
        spans = self._spans(stretch)
        if not spans:
            return
        words = self.text[stretch.start : stretch.end]
        leads: tuple[Span, ...] = ()
        if stretch.kind is BlockKind.ITEM:
            leads = self.lead_ins.above_item(words)
            self.lead_ins.item(words, spans[-1])
        else:
            self.lead_ins.paragraph(words, spans[-1])
        self.body.sentences.extend(
            Sentence(*span, opens_block=i == 0, leads=leads) for i, span in enumerate(spans)
        )

    def _spans(self, stretch: _Stretch) -> list[Span]:
        words = self.text[stretch.start : stretch.end]
        whole = stretch.kind is BlockKind.ROW and len(words) <= LONGEST
        spans = [(0, len(words))] if whole else split_sentences(words, self.language)
        return [
            clause
            for start, end in spans
            for clause in clauses(self.text, stretch.start + start, stretch.start + end)
        ]

    def _path(self) -> tuple[str, ...]:
        return tuple(words for _, words in self.headings)


def _merged(sections: Sequence[_Section]) -> Iterator[_Section]:
    """Joins a tiny section with the child that follows it, if that is tiny too: a longer one is
    worth more under its own heading."""
    held: _Section | None = None
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


def _is_tiny_parent(parent: _Section, child: _Section) -> bool:
    depth = len(parent.path)
    deeper = 0 < depth < len(child.path) and child.path[:depth] == parent.path
    return deeper and 0 < parent.length < TINY_SECTION and child.length < TINY_SECTION


def _pieces(section: _Section) -> Iterator[Piece]:
    for spans in windows(section.sentences):
        yield Piece(spans[0][0], spans[-1][1], section.path, spans)


def _heading_pieces(section: _Section) -> Iterator[Piece]:
    if section.heading is not None:
        yield Piece(*section.heading, section.path[:-1], (section.heading,))


def _shortened(heading: str) -> str:
    return heading if len(heading) <= LONGEST_HEADING else heading[: LONGEST_HEADING - 1] + "…"
