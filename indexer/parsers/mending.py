"""Markdown that was made from pages: what the page breaks tore apart is put together again.

Sentences interrupted by a page break or by a footnote, headings broken in two, and lines that
look like a heading in the middle of a sentence ("see Section / 3.1.2. below") are mended. Only
what is left open before and goes on in lower case after is joined.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.parsers.captions import names_table
from indexer.parsers.flow import goes_on, is_open
from indexer.parsers.markers import MARKER, is_marker
from indexer.parsers.parsed import BlockKind, NoteSign

_FLOWING = (BlockKind.PARAGRAPH, BlockKind.ITEM)
_TABLE = (BlockKind.ROW, BlockKind.HEADER)
_MIDDLE = re.compile(r"(?:\d{1,2}\.)+\d{0,2}\.? [a-z]")
_CITES = re.compile(
    r"\bOJ [CL]\b|\bELI: |https?://|ECLI:|\bIbid|\bp{1,2}\. ?\d|\bpara(?:s|graph)?\.? \d|"
    r"^(?:\d{1,3} )?(?:Regulation|Directive|Decision|Council|Commission|Communication|See|Cf\.|"
    r"Case|Judgment|Joined Cases|Recitals?|Articles?)\b"
)
_MARKED = re.compile(rf"{MARKER.pattern}(?:\s|$)")
_MOST_NOTES = 3
_FULL_LINE = 60
_REST_OF_HEADING = 70


@dataclass(slots=True)
class Draft:
    """A block before it is added to the page."""

    kind: BlockKind
    text: str
    level: int = 0
    sign: str = ""
    notes: list[NoteSign] = field(default_factory=list)

    def take(self, other: "Draft") -> None:
        start = len(self.text) + 1
        self.text = f"{self.text} {other.text}"
        self.notes += [NoteSign(start + note.position, note.sign) for note in other.notes]


def mended(drafts: Sequence[Draft]) -> list[Draft]:
    """The blocks in order, torn ones joined; a footnote follows the sentence it interrupted."""
    kept: list[Draft] = []
    for place, draft in enumerate(drafts):
        text_before = _last_text(kept)
        if kept and _is_lone_marker(kept[-1]) and draft.kind in _FLOWING:
            kept[-1].take(draft)
            kept[-1].kind = BlockKind.ITEM
        elif text_before is not None and _goes_on(text_before, draft):
            for note in kept[kept.index(text_before) + 1 :]:
                note.kind = BlockKind.FOOTNOTE
            text_before.take(draft)
        elif kept and _breaks_heading(kept[-1], draft, drafts[place + 1 : place + 2]):
            kept[-1].take(draft)
        else:
            kept.append(draft)
    _name_tables(kept)
    return kept


def _is_lone_marker(draft: Draft) -> bool:
    return draft.kind in _FLOWING and is_marker(draft.text)


def _last_text(kept: Sequence[Draft]) -> Draft | None:
    """The open block that a sentence may go on from: the last, or the last before some notes."""
    for place, draft in enumerate(reversed(kept)):
        if draft.kind is BlockKind.FOOTNOTE:
            continue
        if draft.kind not in _FLOWING:
            return None
        if is_open(draft.text):
            return draft
        if place >= _MOST_NOTES or draft.kind is BlockKind.ITEM or not _CITES.search(draft.text):
            return None
    return None


def _goes_on(before: Draft, draft: Draft) -> bool:
    if draft.kind is BlockKind.HEADING:
        return bool(_MIDDLE.match(draft.text))
    return draft.kind is BlockKind.PARAGRAPH and draft.text[:1].islower() and goes_on(
        before.text, draft.text
    )  # fmt: skip


def _breaks_heading(heading: Draft, draft: Draft, following: Sequence[Draft]) -> bool:
    """Whether ``draft`` is the second line of a heading that filled its first."""
    if heading.kind is not BlockKind.HEADING or draft.kind is not BlockKind.PARAGRAPH:
        return False
    is_short = len(draft.text) <= _REST_OF_HEADING and draft.text[-1:] not in ".;:,!?"
    is_full = len(heading.text) >= _FULL_LINE and is_open(heading.text)
    end = heading.text.split()[-1] if heading.text.split() else ""
    is_full = is_full and (draft.text[:1].islower() or (end.isalpha() and not end.isupper()))
    return is_short and is_full and bool(following) and not _MARKED.match(draft.text)


def _name_tables(drafts: Sequence[Draft]) -> None:
    for place, draft in enumerate(drafts):
        beside = [*drafts[max(place - 1, 0) : place], *drafts[place + 1 : place + 2]]
        is_beside_table = any(other.kind in _TABLE for other in beside)
        if draft.kind is BlockKind.PARAGRAPH and is_beside_table and names_table(draft.text):
            draft.kind = BlockKind.CAPTION
