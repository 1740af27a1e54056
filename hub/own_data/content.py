"""What people wrote for others, and what becomes of it when they erase their account.

A feature that keeps such texts registers them here, once for each kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

Change = Callable[[Session, int], None]


class Choice(StrEnum):
    """``STAYS`` under the name "former member", or ``GOES``."""

    STAYS = "stays"
    GOES = "goes"


def as_it_is(_session: Session, _person_id: int) -> None:
    """For what names the person by number only."""


@dataclass(frozen=True)
class Content:
    """``keep`` takes the person out of the texts, ``remove`` the texts; both flush."""

    remove: Change
    keep: Change = as_it_is


_REGISTERED: dict[str, Content] = {}


def register(kind: str, content: Content) -> None:
    """``kind`` is one name for each; registering it again changes nothing."""
    _REGISTERED[kind] = content


def apply(session: Session, person_id: int, choice: Choice) -> None:
    """Does with everything that the person wrote for others as they chose."""
    for content in _REGISTERED.values():
        change = content.remove if choice is Choice.GOES else content.keep
        change(session, person_id)
