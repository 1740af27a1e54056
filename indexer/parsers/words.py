"""A text on its way into a block, with its references to notes."""

from dataclasses import dataclass, field
from typing import Any

from indexer.parsers.parsed import NoteSign
from indexer.parsers.tables import CELL_BREAK


@dataclass(slots=True)
class Words:
    """``signs`` have their positions in ``text``; ``notes`` are elements still to be read."""

    text: str = ""
    signs: list[NoteSign] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)

    def append(self, other: "Words", between: str = CELL_BREAK) -> None:
        """One more cell or paragraph, without the white space around it."""
        lead = between if self.text else ""
        stripped = other.text.lstrip()
        start = len(self.text) + len(lead) - (len(other.text) - len(stripped))
        self.text += lead + stripped.rstrip()
        for note in other.signs:
            place = min(max(start + note.position, 0), len(self.text))
            self.signs.append(NoteSign(place, note.sign))
        self.notes += other.notes
