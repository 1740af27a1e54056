"""Who may open an upload. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from hub.forum import rules as forum
from hub.forum.models import Post, Topic
from hub.forum.rules import Seat


@dataclass(frozen=True, slots=True)
class Carried:
    """A post that carries the upload, in a board that the visitor may read."""

    topic: Topic
    post: Post
    seat: Seat
    is_detached: bool


def can_open(person_id: int, owner_id: int, carried: Collection[Carried], posts: int) -> bool:
    """``carried`` are those posts that stand where they may read, ``posts`` how many show it at
    all: while none does, it is for its owner."""
    if any(map(_sees, carried)):
        return True
    return bool(person_id) and person_id == owner_id and posts == 0


def _sees(one: Carried) -> bool:
    if one.is_detached and not one.seat.is_moderator:
        return False
    return forum.can_see_topic(one.seat, one.topic) and forum.can_see_post(one.seat, one.post)
