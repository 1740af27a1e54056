"""Hostile bytes: whatever is done to a file, the parsers answer with text or a stated cause."""

import io
import random
import time
from pathlib import Path

from indexer.parsers import UnreadableFile, parse

SAMPLES = (
    "odk-D1.1.pdf", "multicolumn.pdf", "simple.docx", "docx-tables.docx", "simple.odt",
    "example-steelJIS-datasheet-utf-16.html", "tagitsmart-implementation.md",
    "fake-text-utf-16.txt",
)  # fmt: skip


def spoilt(content: bytes, dice: random.Random) -> bytes:
    """``content`` cut, with bytes changed, or with a piece of it in another place."""
    broken = bytearray(content)
    for _ in range(dice.choice((1, 5, 50))):
        broken[dice.randrange(len(broken))] = dice.randrange(256)
    start, length = dice.randrange(len(broken)), dice.randrange(200)
    piece = broken[start : start + length]
    place = dice.randrange(len(broken))
    broken[place:place] = piece
    return bytes(broken[: dice.choice((len(broken), dice.randrange(1, len(broken))))])


def test_spoilt_files_give_text_or_a_cause(shared_data: Path) -> None:
    dice = random.Random(20261123)
    outcomes = set()
    for name in SAMPLES:
        content = (shared_data / "files" / name).read_bytes()
        for _ in range(12):
            started = time.monotonic()
            try:
                document = parse(io.BytesIO(spoilt(content, dice)), name)[1]
                assert any(page.text for page in document.pages)
                outcomes.add("text")
            except UnreadableFile as error:
                outcomes.add(error.cause)
            assert time.monotonic() - started < 10
    assert {"text", "damaged"} <= outcomes
