"""Building a page of canonical text, block by block, with a box for each character."""

import re
import sys
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from indexer.parsers.parsed import Block, BlockKind, NoteSign, Page

Box = tuple[float, float, float, float]
Edges = npt.NDArray[np.float32]  # a row for each character: left, top, right, bottom
NO_INK: Box = (0.0, 0.0, 0.0, 0.0)

# Ligatures are a matter of type setting: a reader who searches "file" must find it. The rest of
# compatibility normalisation (NFKC) would change what the document says, so it is not applied.
LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi",
    "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip
# Symbol fonts put their bullets into the private use area.
BULLETS = dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d\uf0a8", "\u2022")
JOINERS = "\u200c\u200d"  # they spell words in Persian and Indic scripts
PLAIN = re.compile(
    r"[\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0373\u0375-\u037d\u037f-\u0386\u0388-\u03ff"
    r"\u2010-\u2027\u20ac]*"
)


class Boxes(Sequence[Box]):
    """One box per character, packed: 16 bytes instead of the 180 of a tuple of floats."""

    __slots__ = ("_edges",)

    def __init__(self, boxes: Sequence[Box] | Edges = ()) -> None:
        edges = np.asarray(boxes, np.float32).reshape(-1, 4)
        self._edges = array("f", edges.tobytes())

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Boxes":
        """The boxes whose `to_bytes` are these, on the same machine."""
        boxes = cls()
        boxes._edges.frombytes(packed)
        return boxes

    def to_bytes(self) -> bytes:
        """Four floats of the machine's own kind per character."""
        return self._edges.tobytes()

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """For numpy, which then reads the floats where they lie: shape (characters, 4)."""
        kind = ("<" if sys.byteorder == "little" else ">") + "f4"
        return {"version": 3, "shape": (len(self), 4), "typestr": kind, "data": self._edges}

    def __len__(self) -> int:
        return len(self._edges) // 4

    @overload
    def __getitem__(self, index: int) -> Box: ...
    @overload
    def __getitem__(self, index: slice) -> list[Box]: ...
    def __getitem__(self, index: int | slice) -> Box | list[Box]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        left, top, right, bottom = self._edges[4 * place : 4 * place + 4]
        return left, top, right, bottom


def clean(text: str) -> str:
    """``text`` as it may stand in a block: see `clean_with_boxes`."""
    if PLAIN.fullmatch(text):
        return " ".join(text.split())
    return "".join(character for character, _ in _cleaned(text, None))


def clean_with_boxes(text: str, boxes: Sequence[Box] | Edges) -> tuple[str, Edges]:
    """Collapse white space, drop control characters and soft hyphens, normalise to NFC.

    A composed character gets the box around its parts, the letters of a split ligature share one
    box, a space has none. Leading and trailing space is cut.
    """
    text = text.replace("\xa0", " ")
    if PLAIN.fullmatch(text):
        return _without_spare_spaces(text, np.asarray(boxes, np.float32).reshape(-1, 4))
    places = boxes.tolist() if isinstance(boxes, np.ndarray) else boxes
    kept = _cleaned(text, [(box[0], box[1], box[2], box[3]) for box in places])
    edges = np.array([box for _, box in kept], np.float32).reshape(-1, 4)
    return "".join(character for character, _ in kept), edges


def _without_spare_spaces(text: str, boxes: Edges) -> tuple[str, Edges]:
    words = " ".join(text.split())
    is_space = np.frombuffer(text.encode("utf-32-le"), "<u4") == 0x20
    if len(words) < len(text):
        spare = is_space & np.concatenate(([True], is_space[:-1]))
        kept = np.flatnonzero(~spare)[: len(words)]
        boxes, is_space = boxes[kept], is_space[kept]
    boxes = boxes.copy()
    boxes[is_space] = 0
    return words, boxes


def _cleaned(text: str, boxes: Sequence[Box] | None) -> list[tuple[str, Box]]:
    kept: list[tuple[str, Box]] = []
    for cluster, box in _clusters(text, boxes):
        for character in cluster:
            if character != " ":
                kept.append((character, box))
            elif kept and kept[-1][0] != " ":
                kept.append((" ", NO_INK))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return kept


def _clusters(text: str, boxes: Sequence[Box] | None) -> Iterator[tuple[str, Box]]:
    """The characters of ``text``, each with the marks that follow it, normalised together."""
    base, box = "", NO_INK
    for place, raw in enumerate(text):
        here = boxes[place] if boxes is not None else NO_INK
        for character in _admitted(raw):
            if base and _extends(base, character):
                base, box = base + character, _around(box, here)
                continue
            if base:
                yield unicodedata.normalize("NFC", base), box
            base, box = character, here
    if base:
        yield unicodedata.normalize("NFC", base), box


def _extends(base: str, character: str) -> bool:
    """Whether ``character`` can melt into ``base``: combining marks and Hangul letters."""
    if character <= "\u02ff":
        return False
    return (
        unicodedata.combining(character) != 0
        or len(unicodedata.normalize("NFC", base[-1] + character)) == 1
    )


def _admitted(character: str) -> str:
    """What stands for ``character`` in canonical text: itself, a replacement or nothing."""
    if "\x20" <= character <= "\x7e":
        return character
    if character in LIGATURES:
        return LIGATURES[character]
    if character in BULLETS:
        return BULLETS[character]
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category[0] == "C" and character not in JOINERS:
        return ""
    return character


def _around(one: Box, other: Box) -> Box:
    if other == NO_INK:
        return one
    if one == NO_INK:
        return other
    return (
        min(one[0], other[0]), min(one[1], other[1]),
        max(one[2], other[2]), max(one[3], other[3]),
    )  # fmt: skip


class PageBuilder:
    """Gathers the blocks of one page; offsets and boxes come out consistent with its text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._boxes: list[Edges] = []
        self._notes: list[NoteSign] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def blocks(self) -> Sequence[Block]:
        return self._blocks

    def add(
        self,
        kind: BlockKind,
        text: str,
        level: int = 0,
        boxes: Sequence[Box] | Edges | None = None,
        continues: bool = False,
        sign: str = "",
        notes: Sequence[NoteSign] = (),
    ) -> bool:
        """Append a block of cleaned text; False, and nothing added, where none is left.

        ``boxes``, where given, has one box per character of ``text``; a page has boxes for all
        its blocks or for none. ``sign`` is that of a footnote; ``notes`` are the references to
        footnotes, with their positions in ``text``.
        """
        if boxes is None:
            line = clean(text)
        else:
            line, kept = clean_with_boxes(text, boxes)
            self._boxes += [kept, np.zeros((1, 4), np.float32)] if line else []
        if not line:
            return False
        end = self._length + len(line)
        self._blocks.append(Block(self._length, end, kind, level, continues, sign))
        for note in notes:
            before = min(len(clean(text[: note.position])), len(line))
            self._notes.append(NoteSign(self._length + before, note.sign))
        self._parts.append(line + "\n")
        self._length = end + 1
        return True

    def page(
        self, number: int, label: str | None = None, width: float = 0.0, height: float = 0.0
    ) -> Page:
        """The finished page."""
        text = "".join(self._parts)
        boxes = Boxes(np.concatenate(self._boxes)) if self._boxes else Boxes()
        return Page(number, label, text, self._blocks, width, height, boxes, self._notes)
