"""Texts that people type: tidied, and refused where they cannot be read or stored."""

import re
import unicodedata

from flask_babel import lazy_gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

# Bringing marks into order takes time that grows with the square of their number.
LONGEST_COMPOSED = 4_000
# They turn the writing direction around and can make a page read as something it does not say.
DIRECTION_CHARACTERS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
# With control characters (Cc) and half characters (Cs).
_HIDDEN = f"\x7f-\x9f{''.join(sorted(DIRECTION_CHARACTERS))}\ud800-\udfff"
_UNREADABLE = re.compile(f"[\x00-\x1f{_HIDDEN}]")
_UNREADABLE_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f{_HIDDEN}]")


def tidied(text: str | None) -> str:
    """Composed characters, plain line ends, nothing around it.

    A text longer than any field takes is left as it is: its length is what is refused.
    """
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return unicodedata.normalize("NFC", lines) if len(lines) <= LONGEST_COMPOSED else lines


def is_readable(text: str, *, lines: bool = False) -> bool:
    """Whether it can be stored and shown: no control characters, no half characters, nothing that
    turns the direction around."""
    return (_UNREADABLE_IN_LINES if lines else _UNREADABLE).search(text) is None


def readable_line(_form: Form, field: Field) -> None:
    """A validator: one line of readable text."""
    if not is_readable(field.data or ""):
        raise ValidationError(_("This holds characters that cannot be read. Type it by hand."))


def readable_lines(_form: Form, field: Field) -> None:
    """A validator: readable text, which may have several lines."""
    if not is_readable(field.data or "", lines=True):
        raise ValidationError(_("This holds characters that cannot be read. Type it by hand."))
