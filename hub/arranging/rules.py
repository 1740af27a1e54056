"""What goes where. Pure."""

from hub.forum.models import Board, State, Topic
from hub.forum.rules import Seat, may_stand_in
from knowledge.access import Mark

STRICTNESS = ("", *Mark)


def stricter(one: str, other: str) -> str:
    """Of two marks the one that lets a text go less far."""
    return max(one, other, key=STRICTNESS.index)


def can_take_in(seat: Seat, board: Board) -> bool:
    """Whether somebody may bring posts into a board that they may read."""
    return board.archived_at is None and (seat.is_moderator or seat.may_write)


def can_go_to(mark: str, seat: Seat, board: Board) -> bool:
    """Whether somebody may bring what has this mark into the board."""
    return may_stand_in(mark, board) and can_take_in(seat, board)


def can_be_taken_apart(topic: Topic) -> bool:
    """Split or merged: what is held or hidden as a whole would come to light by it."""
    return topic.state == State.VISIBLE and topic.merged_into_id is None
