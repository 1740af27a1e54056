"""The pieces of multilingual-e5-small as a file for ``knowledge.embedders.pieces``."""

import json

from indexer.models.e5_source import Pieces

NEVER = -1000.0  # the score of a piece that no text may be cut into
MASK = "<mask>"


def pieces_json(pieces: Pieces) -> str:
    """The pieces with their scores, and the model's own view of invisible characters.

    What else the model's table replaces, one character at a time, NFKC composes as well, and more:
    an accent that stands alone after its letter, as in text from some PDF files.
    """
    scored = _harmless(pieces)
    exchanged = pieces.replacements.items()
    described = {
        "pieces": [piece for piece, _ in scored],
        "scores": [score for _, score in scored],
        "start": pieces.start,
        "end": pieces.end,
        "unknown": pieces.unknown,
        "dropped": "\0" + "".join(sign for sign, other in exchanged if other == ""),
        "spaces": "".join(sign for sign, other in exchanged if other == " "),
    }
    return json.dumps(described, ensure_ascii=False)


def _harmless(pieces: Pieces) -> list[tuple[str, float]]:
    """The scored pieces; the control pieces lose, so that a text that spells one stays text."""
    control = {pieces.start, pieces.end, pieces.padding, pieces.unknown}
    return [
        (piece, NEVER if number in control or piece == MASK else score)
        for number, (piece, score) in enumerate(pieces.scored)
    ]
