"""How a parsed document crosses from one process to another: JSON, and the boxes as bytes.

A frame is a kind, the lengths of its two parts, the JSON and the bytes. What is read is checked as
anything from outside is: a parser that a file has taken over may send what it likes.
"""

import json
import struct
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from indexer.parsers.canonical import Boxes
from indexer.parsers.parsed import Block, BlockKind, NoteSign, Page, ParsedDocument, UnreadableFile

HEADER = struct.Struct("<cQQ")
_EDGES = 16  # bytes a character
_STATED = ("title", "language", "date", "status")


class Kind(StrEnum):
    READY = "R"  # the process can take files
    PROGRESS = "P"  # {"done": pages, "total": pages} of a slow step
    DOCUMENT = "D"
    REFUSAL = "E"  # {"cause": …, "detail": …}


class BrokenFrame(Exception):
    """What came is not what a parser sends."""


def frame(kind: Kind, content: dict[str, Any], packed: Sequence[bytes] = ()) -> list[bytes]:
    """The parts of a frame, to be written one after the other."""
    told = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return [HEADER.pack(kind.encode(), len(told), sum(map(len, packed))), told, *packed]


def document_frame(media_type: str, document: ParsedDocument, memory: int) -> list[bytes]:
    """``memory`` is what the process has used at most, in bytes."""
    content = {
        "media_type": media_type,
        "memory": memory,
        "has_pages": document.has_pages,
        "warnings": list(document.warnings),
        "pages": [_told(page) for page in document.pages],
        **{name: getattr(document, name) for name in _STATED},
    }
    return frame(Kind.DOCUMENT, content, [_packed(page) for page in document.pages])


def refusal_frame(error: UnreadableFile) -> list[bytes]:
    return frame(Kind.REFUSAL, {"cause": error.cause, "detail": error.detail[:500]})


def document_of(content: dict[str, Any], packed: bytes) -> tuple[str, ParsedDocument]:
    """(media type, document) of a frame. Raises BrokenFrame."""
    try:
        view, pages = memoryview(packed), []
        for told in content["pages"]:
            length = _EDGES * len(told["text"]) if told["has_boxes"] else 0
            pages.append(_page(told, bytes(view[:length])))
            view = view[length:]
        if view or not pages:
            raise BrokenFrame("the boxes do not fit the text")
        stated = {name: _text_or_none(content[name]) for name in _STATED}
        warnings = tuple(str(warning) for warning in content["warnings"])
        document = ParsedDocument(
            tuple(pages), bool(content["has_pages"]), **stated, warnings=warnings
        )
        return str(content["media_type"]), document
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenFrame(type(error).__name__) from error


def refusal_of(content: dict[str, Any]) -> UnreadableFile:
    """Raises BrokenFrame for a cause that is none."""
    cause = content.get("cause")
    if cause not in UnreadableFile.CAUSES:
        raise BrokenFrame("unknown cause")
    return UnreadableFile(str(cause), str(content.get("detail", "")))


def _told(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "label": page.label,
        "text": page.text,
        "width": page.width,
        "height": page.height,
        "has_boxes": bool(len(page.boxes)),
        "is_recognised": page.is_recognised,
        "blocks": [
            [b.start, b.end, str(b.kind), b.level, b.continues, b.sign] for b in page.blocks
        ],
        "notes": [[note.position, note.sign] for note in page.notes],
    }


def _packed(page: Page) -> bytes:
    boxes = page.boxes if isinstance(page.boxes, Boxes) else Boxes(page.boxes)
    return boxes.to_bytes()


def _page(told: dict[str, Any], packed: bytes) -> Page:
    text = str(told["text"])
    boxes = Boxes.from_bytes(packed)
    if told["has_boxes"] and len(boxes) != len(text):
        raise BrokenFrame("the boxes do not fit the text")
    return Page(
        number=int(told["number"]),
        label=_text_or_none(told["label"]),
        text=text,
        blocks=_blocks(told["blocks"], len(text)),
        width=float(told["width"]),
        height=float(told["height"]),
        boxes=boxes,
        notes=[NoteSign(_position(place, len(text)), str(sign)) for place, sign in told["notes"]],
        is_recognised=bool(told["is_recognised"]),
    )


def _blocks(told: Sequence[Sequence[Any]], length: int) -> list[Block]:
    blocks, before = [], 0
    for start, end, kind, level, continues, sign in told:
        if not before <= _position(start, length) <= _position(end, length):
            raise BrokenFrame("the blocks do not follow each other")
        blocks.append(Block(start, end, BlockKind(kind), int(level), bool(continues), str(sign)))
        before = end
    return blocks


def _position(value: Any, length: int) -> int:
    if not isinstance(value, int) or not 0 <= value <= length:
        raise BrokenFrame("a place outside the text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)
