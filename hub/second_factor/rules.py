"""What a second factor is, and which may go. Pure predicates."""

import unicodedata
from collections.abc import Collection

from hub.accounts.models import Person
from hub.accounts.standing import Standing
from hub.texts import is_readable

MOST_PASSKEYS = 10
LONGEST_NAME = 60
CODE_DIGITS = 6
RECOVERY_DIGITS = 16


def has_second_factor(person: Person) -> bool:
    """Recovery codes alone are none: they stand in for one."""
    return bool(person.totp_secret or person.passkeys)


def factors(person: Person) -> int:
    return bool(person.totp_secret) + len(person.passkeys)


def can_add_passkey(person: Person) -> bool:
    return len(person.passkeys) < MOST_PASSKEYS


def can_remove_factor(person: Person, held: Standing, compulsory: Collection[str]) -> bool:
    """Whether one of a person's factors may go: not the last where what they hold needs one."""
    return factors(person) > 1 or not held.needs_second_factor(compulsory)


def tidied_code(text: str) -> str:
    """A code as it was typed from paper or a screen, without spaces and hyphens."""
    plain = unicodedata.normalize("NFKC", text[:100])
    return "".join(character for character in plain if not character.isspace() and character != "-")


def is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in (CODE_DIGITS, RECOVERY_DIGITS)


def is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and is_readable(text)
