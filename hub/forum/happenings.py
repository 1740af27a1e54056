"""What happens in the forum, told to the features that must hear of it: within the transaction of
the change, so that what they note stands if and only if the change does.

A feature listens once, when it registers. The forum itself imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from hub.forum.authoring import People
from hub.forum.models import Board, Post, Topic


class Kind(StrEnum):
    """``POSTED``: a post can be read from now on for the first time, also one that was held.
    ``EDITED``: its text changed. ``GONE``: readers do not see it any more, or what they did not see
    was deleted too. ``BACK``: they see it again. ``RETITLED``: the topic has another title or other
    tags. ``MOVED``: the topic stands in another board or, where it says ``behind``, posts stand in
    another topic (``post`` is None). ``BOARD``: the audience of a board changed (topic and post are
    None). ``HELD``: a post waits for a moderator, and nobody else but its author may hear of it.
    ``REWORDED``: the text of a post that readers do not see changed, for a name went out of it."""

    POSTED = "posted"
    EDITED = "edited"
    GONE = "gone"
    BACK = "back"
    RETITLED = "retitled"
    MOVED = "moved"
    BOARD = "board"
    HELD = "held"
    REWORDED = "reworded"


@dataclass(frozen=True)
class Happening:
    """``actor_id`` is who did it, None for the hub itself. ``people``: who is mentioned in a post
    that was just written, where that was looked up for its HTML already. ``behind``: the posts
    of the topic behind this number came from another one; it is told once for all of them."""

    kind: Kind
    board: Board
    topic: Topic | None
    post: Post | None
    actor_id: int | None
    now: datetime
    people: People | None = None
    behind: int | None = None


Listener = Callable[[Session, Happening], None]
_LISTENERS: dict[str, Listener] = {}


def listen(name: str, listener: Listener) -> None:
    """``name`` is one for each listener; listening again under it changes nothing."""
    _LISTENERS[name] = listener


def tell(session: Session, happening: Happening) -> None:
    """To be called after the change is flushed, and before it is committed."""
    for listener in _LISTENERS.values():
        listener(session, happening)
