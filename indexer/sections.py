"""From stretches to sections of sentences, each sentence with its place in the outline."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from indexer.clauses import LONGEST, clauses
from indexer.definitions import DefinitionReader
from indexer.orders import without_orders
from indexer.outline import Outline, Standing
from indexer.parsers.parsed import BlockKind
from indexer.sentence import Sentence, Span
from indexer.signs import closes_quote, opens_quote
from indexer.stretches import Stretch
from knowledge.markers import starts_with_point
from knowledge.sentences import split_sentences

LONGEST_HEADING = 200
_QUOTED_LEVEL = 6
_INSERTED = re.compile(
    r"[\u201c\u201e\u00ab\u2018]?\s?[^\W\d_]{5,}\s\d{1,3}\s?(?:bis|ter|quater|quinquies|sexies|"
    r"septies|[a-f])(?=\s[^\W\d_a-z]|$)"
)
_WHOLE = (BlockKind.ROW, BlockKind.HEADER, BlockKind.CAPTION)
_NOTE_SIGN = re.compile(r"\s?\( ?\d{1,3} ?\)(?=\s|$)|[`\u00ad]")


@dataclass(slots=True)
class Section:
    """What stands below one heading; ``heading`` is None before the first and for footnotes."""

    path: tuple[str, ...]
    heading: Span | None = None
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def length(self) -> int:
        return sum(sentence.length for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a footnote is referred to."""

    path: tuple[str, ...]
    place: tuple[str, ...]


class SectionReader:
    """Reads the stretches of one document in order."""

    def __init__(self, text: str, language: str, title: str) -> None:
        self.text, self.language, self.title = text, language, heading_words(title).casefold()
        self.headings: list[tuple[int, str]] = []
        self.outline = Outline()
        self.definitions = DefinitionReader()
        self.quote = ""
        self.referred: dict[str, _Spot] = {}
        self.caption: tuple[Sentence, ...] = ()
        self.names: tuple[Sentence, ...] = ()
        self.body = Section(())
        self.found = [self.body]

    def sections(self, stretches: Iterable[Stretch]) -> list[Section]:
        for stretch in stretches:
            if stretch.kind is BlockKind.HEADING or self._is_inserted_article(stretch):
                self._open_section(stretch)
            elif stretch.kind is BlockKind.FOOTNOTE:
                self._add_footnote(stretch)
            else:
                self._add_text(stretch)
        return self.found

    def _open_section(self, stretch: Stretch) -> None:
        words = heading_words(self.text[stretch.start : stretch.end])
        level = self._level(stretch, words)
        self.headings = [h for h in self.headings if h[0] < level]
        is_formula = words.isupper() and words.endswith(":")  # "HAVE ADOPTED THIS REGULATION:"
        # The title stands above every passage anyway.
        spans = without_orders(self.text, [(stretch.start, stretch.end)])
        if spans and words.casefold() != self.title and not is_formula:
            self.headings.append((level, words))
        self.body = Section(self._path(), spans[0] if spans else None)
        self.found.append(self.body)
        self.outline.open_section(self.body.path)
        self.definitions.open_section(self.body.path)
        self.caption = self.names = ()
        self._note_references(stretch, ())

    def _is_inserted_article(self, stretch: Stretch) -> bool:
        """“Artikel 4 bis …” in an amending act: it heads the paragraphs that are inserted."""
        if stretch.kind is not BlockKind.PARAGRAPH:
            return False
        in_point = any(starts_with_point(words) for _, words in self.headings)
        words = self.text[stretch.start : stretch.end]
        return in_point and len(words) <= LONGEST_HEADING and bool(_INSERTED.match(words))

    def _level(self, stretch: Stretch, words: str) -> int:
        """Articles that an amending act quotes stand below the point that quotes the first."""
        self.quote = opens_quote(words) or ("" if starts_with_point(words) else self.quote)
        return max(stretch.level, _QUOTED_LEVEL) if self.quote else stretch.level

    def _add_footnote(self, stretch: Stretch) -> None:
        """A section of its own, with the path of the sentence that refers to it."""
        spot = self.referred.get(stretch.sign) or _Spot(self._path(), ())
        sentences = [
            Sentence(*span, i == 0, place=spot.place) for i, span in enumerate(self._spans(stretch))
        ]
        self.found.append(Section(spot.path, sentences=sentences))

    def _add_text(self, stretch: Stretch) -> None:
        spans = self._spans(stretch)
        if not spans:
            return
        words = self.text[stretch.start : stretch.end]
        standing = self._standing(stretch, words)
        term = self.definitions.term_of(words, standing.leads, self.text)
        sentences = [
            Sentence(*span, i == 0, standing.leads, standing.place, term if i == 0 else "")
            for i, span in enumerate(spans)
        ]
        self.body.sentences += sentences
        self._note_references(stretch, standing.place)
        self._leave(stretch, words, sentences)

    def _standing(self, stretch: Stretch, words: str) -> Standing:
        if stretch.kind is BlockKind.ROW:
            return Standing(self.outline.place, self.caption + self.names)
        if stretch.kind in (BlockKind.CAPTION, BlockKind.HEADER):
            return Standing(self.outline.place)
        return self.outline.enter(words, stretch.kind is BlockKind.ITEM)

    def _leave(self, stretch: Stretch, words: str, sentences: list[Sentence]) -> None:
        """The caption of a table and the names of its columns lead in to each of its rows."""
        bare = tuple(Sentence(s.start, s.end, place=s.place) for s in sentences)
        if stretch.kind is BlockKind.CAPTION:
            self.caption, self.names = bare, ()
        elif stretch.kind is BlockKind.HEADER:
            self.names = bare
        elif stretch.kind is not BlockKind.ROW:
            self.caption = self.names = ()
            self.quote = "" if closes_quote(words, self.quote) else self.quote
            self.outline.leave(words, sentences[-1])

    def _note_references(self, stretch: Stretch, place: tuple[str, ...]) -> None:
        for sign in stretch.signs:
            self.referred[sign] = _Spot(self._path(), place)

    def _spans(self, stretch: Stretch) -> list[Span]:
        words = self.text[stretch.start : stretch.end]
        whole = stretch.kind in _WHOLE and len(words) <= LONGEST
        spans = [(0, len(words))] if whole else split_sentences(words, self.language)
        found = [
            clause
            for start, end in spans
            for clause in clauses(self.text, stretch.start + start, stretch.start + end)
        ]
        return without_orders(self.text, found)

    def _path(self) -> tuple[str, ...]:
        return tuple(words for _, words in self.headings)


def heading_words(heading: str) -> str:
    """A heading as it is shown: in one line, without the signs of footnotes and stray marks."""
    words = " ".join(_NOTE_SIGN.sub("", heading).split()).rstrip(" \u2014\u2013-")
    words = words or " ".join(heading.split())
    return words if len(words) <= LONGEST_HEADING else words[: LONGEST_HEADING - 1] + "\u2026"
