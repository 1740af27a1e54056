"""Parts of a file in another format, read by its parser, become blocks of the whole."""

from collections.abc import Iterable

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.parsed import BlockKind, NoteSign, Page


def copy_blocks(pages: Iterable[Page], into: PageBuilder, deeper: int = 0) -> None:
    """Adds the blocks of ``pages``; headings ``deeper`` by so many levels."""
    for page in pages:
        for block in page.blocks:
            notes = [
                NoteSign(note.position - block.start, note.sign)
                for note in page.notes
                if block.start < note.position <= block.end
            ]
            level = block.level + deeper if block.kind is BlockKind.HEADING else 0
            text = page.text[block.start : block.end]
            into.add(
                block.kind, text, level, continues=block.continues, sign=block.sign, notes=notes
            )
