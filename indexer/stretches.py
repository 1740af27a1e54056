"""The blocks of all pages as stretches of the whole text, in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.parsers.parsed import Block, BlockKind, ParsedDocument

_TEXT = (BlockKind.PARAGRAPH, BlockKind.ITEM)
_LABEL_AND_STOP = re.compile(r"[^\W\d_]{4,}\s(?:\d{1,3}[a-z]?|[IVXL]+)\.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block, or a block and those that continue it, in global offsets. ``signs`` are those of
    the footnotes that it refers to; ``sign`` is its own, where it is one."""

    start: int
    end: int
    kind: BlockKind
    level: int
    sign: str = ""
    signs: tuple[str, ...] = ()


def stretches(document: ParsedDocument) -> Iterator[Stretch]:
    """A block that continues the block right before it is joined to it.

    A line "Article 17." that ends a sentence is no heading, although it looks like one. Over a
    footnote the halves of a sentence stay apart: joined they would quote the footnote.
    """
    held: Stretch | None = None
    is_open = False  # the held text waits for the end of its sentence
    page_start = 0
    for page in document.pages:
        notes = sorted((note.position, note.sign) for note in page.notes)
        for block in page.blocks:
            signs = tuple(sign for at, sign in notes if block.start < at <= block.end)
            start, end = page_start + block.start, page_start + block.end
            text = page.text[block.start : block.end]
            if held is not None and (
                _goes_on(held, block) or (is_open and _is_end_of_sentence(block, text))
            ):
                is_open = _is_open(text)
                held = Stretch(
                    held.start, end, held.kind, held.level, held.sign, held.signs + signs
                )
                continue
            if held is not None:
                yield held
            held = Stretch(start, end, block.kind, block.level, block.sign, signs)
            is_open = block.kind in _TEXT and _is_open(text)
        page_start += len(page.text)
    if held is not None:
        yield held


def _is_open(text: str) -> bool:
    return text[-1:].isalnum() or text.endswith(",")


def _is_end_of_sentence(block: Block, text: str) -> bool:
    return block.kind is BlockKind.HEADING and bool(_LABEL_AND_STOP.fullmatch(text))


def _goes_on(held: Stretch, block: Block) -> bool:
    if not block.continues:
        return False
    return (held.kind is BlockKind.FOOTNOTE) == (block.kind is BlockKind.FOOTNOTE)
