"""A text without pages, shown in parts so that a long one stays fast."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hub.library.links import Address
from hub.library.marks import Part, marked
from hub.library.notes import NoteLink, note_links
from knowledge.models import PageRow
from knowledge.reading import Opened

PART_LENGTH = 20_000
# A part ends early before a main heading, but not so early that it is hardly a part.
SHORTEST_PART = 8_000
MOST_CONTENTS = 150
HEADINGS = {1: "h2", 2: "h3"}
TAGS = {"item": "li"} | {kind: kind for kind in ("caption", "header", "row", "footnote")}


@dataclass(frozen=True, slots=True)
class Block:
    """``tag`` is h2, h3, h4, p, li, caption, header, row or footnote."""

    tag: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Heading:
    title: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class TextView:
    number: int
    count: int
    blocks: tuple[Block, ...]
    contents: tuple[Heading, ...]
    language: str
    misses_quote: bool


class _Stored:
    """A block as the page row keeps it."""

    __slots__ = ("end", "kind", "level", "start")

    def __init__(self, stored: Sequence[object]) -> None:
        self.start, self.end = int(str(stored[0])), int(str(stored[1]))
        self.kind, self.level = str(stored[2]), int(str(stored[3]))


def text_view(opened: Opened, row: PageRow, address: Address, part: int | None) -> TextView | None:
    """The part with this number, or the one that holds the first quote. None without such a part.

    ``row`` is the one page of the version; positions are the same in both.
    """
    parts = split(row)
    number = part or _part_at(parts, address.marks[0].start if address.marks else 0)
    if not 1 <= number <= len(parts):
        return None
    links = note_links(row, "", _addresses(parts, number, address))
    blocks = tuple(_block(row, block, address, links) for block in parts[number - 1])
    return TextView(
        number=number,
        count=len(parts),
        blocks=blocks,
        contents=_contents(row, parts, number, address),
        language=opened.document.language,
        misses_quote=bool(address.marks)
        and not any(piece.number for block in blocks for piece in block.parts),
    )


def split(row: PageRow) -> list[list[_Stored]]:
    """The blocks in parts of about PART_LENGTH characters, cut before a heading where one is near.

    Depends on the text alone, so a part keeps its number as long as the version lives.
    """
    parts: list[list[_Stored]] = [[]]
    for block in map(_Stored, row.blocks):
        length = block.end - parts[-1][0].start if parts[-1] else 0
        opens_section = block.kind == "heading" and block.level <= 2
        if length > PART_LENGTH or (opens_section and length > SHORTEST_PART):
            parts.append([])
        parts[-1].append(block)
    return parts


def _part_at(parts: Sequence[Sequence[_Stored]], position: int) -> int:
    starts = [blocks[0].start for blocks in parts if blocks]
    return max(1, sum(start <= position for start in starts))


def _addresses(
    parts: Sequence[Sequence[_Stored]], here: int, address: Address
) -> Callable[[int, str], str]:
    def url_at(position: int, name: str) -> str:
        part = _part_at(parts, position)
        return f"#{name}" if part == here else f"{address.text(part)}#{name}"

    return url_at


def _block(row: PageRow, block: _Stored, address: Address, links: Sequence[NoteLink]) -> Block:
    text = row.text[block.start : block.end]
    tag = TAGS.get(block.kind, "p")
    if block.kind == "heading":
        tag = HEADINGS.get(block.level, "h4")
    inside = [
        replace(link, start=link.start - block.start, end=link.end - block.start)
        for link in links[
            bisect_left(links, block.start, key=_start) : bisect_right(links, block.end, key=_start)
        ]
    ]
    return Block(tag, marked(text, row.start + block.start, address.marks, inside))


def _start(link: NoteLink) -> int:
    return link.start


def _contents(
    row: PageRow, parts: Sequence[Sequence[_Stored]], here: int, address: Address
) -> tuple[Heading, ...]:
    """The headings of the text, down to the depth at which the list is still one to look through;
    each leads to the part that it stands in."""
    found = [
        (block, number)
        for number, blocks in enumerate(parts, 1)
        for block in blocks
        if block.kind == "heading"
    ]
    depths = sorted({block.level for block, _number in found})
    for depth in reversed(depths):
        listed = [(block, number) for block, number in found if block.level <= depth]
        if len(listed) <= MOST_CONTENTS:
            return tuple(
                Heading(row.text[block.start : block.end], address.text(number), number == here)
                for block, number in listed
            )
    return ()
