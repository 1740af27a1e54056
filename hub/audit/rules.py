"""What may stand in the audit log. Pure predicates."""

import re
from collections.abc import Mapping

from hub.texts import is_readable

LONGEST_REASON = 500
Value = int | bool | str | None
ACT = re.compile(r"[a-z_]{1,30}\.[a-z_]{1,29}")
ACTOR = re.compile(r"[a-z ]{1,20}")
KIND = re.compile(r"[a-z_]{1,30}")
NAME = re.compile(r"[a-z_]{1,30}")
# Role names, states, audiences, marks; too narrow for an address, a title or a sentence.
WORD = re.compile(r"[a-z0-9 :._-]{0,60}")
LARGEST = 2**63 - 1


def is_reason(text: str) -> bool:
    """Whether this can be kept as a reason: readable, not too long. "" can."""
    return len(text) <= LONGEST_REASON and is_readable(text, lines=True)


def is_state(values: object) -> bool:
    """Whether this may stand in ``before`` and ``after``: names with plain values, no content."""
    if values is None:
        return True
    return isinstance(values, Mapping) and all(
        isinstance(name, str) and NAME.fullmatch(name) and _is_value(value)
        for name, value in values.items()
    )


def is_subject(subject: tuple[str, int | None] | None) -> bool:
    if subject is None:
        return True
    kind, number = subject
    is_number = number is None or (type(number) is int and 0 <= number <= LARGEST)
    return bool(KIND.fullmatch(kind)) and is_number


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return bool(WORD.fullmatch(value))
    return value is None or isinstance(value, bool) or _is_whole_number(value)


def _is_whole_number(value: object) -> bool:
    return isinstance(value, int) and abs(value) <= LARGEST
