"""The blocks of all pages as stretches of the whole text, in order."""

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.parsers.parsed import Block, BlockKind, ParsedDocument


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

    Over a footnote the halves of a sentence stay apart: joined they would quote the footnote.
    """
    held: Stretch | None = None
    page_start = 0
    for page in document.pages:
        notes = sorted((note.position, note.sign) for note in page.notes)
        for block in page.blocks:
            signs = tuple(sign for at, sign in notes if block.start < at <= block.end)
            start, end = page_start + block.start, page_start + block.end
            if held is not None and _goes_on(held, block):
                held = Stretch(
                    held.start, end, held.kind, held.level, held.sign, held.signs + signs
                )
                continue
            if held is not None:
                yield held
            held = Stretch(start, end, block.kind, block.level, block.sign, signs)
        page_start += len(page.text)
    if held is not None:
        yield held


def _goes_on(held: Stretch, block: Block) -> bool:
    if not block.continues:
        return False
    return (held.kind is BlockKind.FOOTNOTE) == (block.kind is BlockKind.FOOTNOTE)
