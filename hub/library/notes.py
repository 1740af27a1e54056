"""Footnotes in a text that is shown: a sign leads to its note, and the note leads back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.models import PageRow

_SIGN_IN_NOTE = re.compile(r"[(\[]?\s?[\w*]{1,20}\s?[)\]]?")


@dataclass(frozen=True, slots=True)
class NoteLink:
    """``text`` is shown at ``start`` instead of the characters up to ``end``; for a sign, which
    the text leaves out, both are the same. ``url`` is "" where there is nothing to lead to."""

    start: int
    end: int
    text: str
    sign: str
    id: str
    url: str
    is_back: bool


@dataclass(frozen=True, slots=True)
class _Note:
    start: int
    end: int
    sign: str


def note_links(row: PageRow, prefix: str, url_at: Callable[[int, str], str]) -> list[NoteLink]:
    """The links of a page's text, in order; positions count from the page's beginning.

    ``url_at`` makes the address of an id at a position of that text.
    """
    notes = _notes(row)
    links: list[NoteLink] = []
    referring: dict[int, int] = {}
    for position, sign in ((int(at), str(sign)) for at, sign in row.notes):
        note = _note_of(sign, position, notes)
        url = url_at(note.start, f"{prefix}note-{note.start}") if note else ""
        links.append(
            NoteLink(position, position, sign, sign, _sign_id(prefix, position), url, False)
        )
        if note:
            referring.setdefault(note.start, position)
    links += [
        NoteLink(
            note.start,
            note.end,
            row.text[note.start : note.end],
            note.sign,
            f"{prefix}note-{note.start}",
            url_at(referring[note.start], _sign_id(prefix, referring[note.start])),
            True,
        )
        for note in notes
        if note.start in referring
    ]
    return sorted(links, key=lambda link: (link.start, link.is_back))


def _sign_id(prefix: str, position: int) -> str:
    return f"{prefix}sign-{position}"


def _notes(row: PageRow) -> list[_Note]:
    found = []
    for stored in row.blocks:
        sign = str(stored[5]) if len(stored) > 5 else ""
        start = int(str(stored[0]))
        match = _SIGN_IN_NOTE.match(row.text, start)
        if str(stored[2]) == "footnote" and sign and match and sign in match.group():
            found.append(_Note(start, match.end(), sign))
    return found


def _note_of(sign: str, position: int, notes: Sequence[_Note]) -> _Note | None:
    """The next note with this sign; a page may also have its notes before its last paragraph."""
    alike = [note for note in notes if note.sign == sign]
    after = [note for note in alike if note.start >= position]
    return after[0] if after else (alike[-1] if alike else None)
