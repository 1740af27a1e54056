"""Texts that people type: tidied, and refused where they cannot be read or stored."""

import unicodedata

from flask_babel import lazy_gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

LINES = "\n\t"
# Bringing marks into order takes time that grows with the square of their number.
LONGEST_COMPOSED = 4_000
# They turn the writing direction around and can make a page read as something it does not say.
DIRECTION_CHARACTERS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def tidied(text: str | None) -> str:
    """Composed characters, plain line ends, nothing around it.

    A text longer than any field takes is left as it is: its length is what is refused.
    """
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return unicodedata.normalize("NFC", lines) if len(lines) <= LONGEST_COMPOSED else lines


def is_readable(text: str, *, lines: bool = False) -> bool:
    """Whether it can be stored and shown: no control characters, no half characters, nothing that
    turns the direction around."""
    return not any(map(_is_unreadable, text.translate(_WITHOUT_LINES) if lines else text))


def readable_line(_form: Form, field: Field) -> None:
    """A validator: one line of readable text."""
    if not is_readable(field.data or ""):
        raise ValidationError(_("This holds characters that cannot be read. Type it by hand."))


def readable_lines(_form: Form, field: Field) -> None:
    """A validator: readable text, which may have several lines."""
    if not is_readable(field.data or "", lines=True):
        raise ValidationError(_("This holds characters that cannot be read. Type it by hand."))


def _is_unreadable(character: str) -> bool:
    return character in DIRECTION_CHARACTERS or unicodedata.category(character) in ("Cc", "Cs")


_WITHOUT_LINES = {ord(character): None for character in LINES}
