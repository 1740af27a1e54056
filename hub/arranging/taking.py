"""Taking several topics and boards for one transaction without waiting for each other in a ring.

Whoever needs several takes the topics by their numbers, then the boards by theirs. A reply holds
one topic: where the one that it waited for was merged meanwhile, it lets go of that before it takes
the one that it leads to. Nobody here waits for a topic that was merged (``_look``).
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.forum.models import Board, Topic
from hub.forum.operations import Refused


class Changed(Refused):
    """It is not any more as whoever arranges it saw it."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A topic, and the board in which whoever arranges it saw it: what they may do, they may do
    there."""

    topic_id: int
    board_id: int


def take(session: Session, *spots: Spot) -> list[Topic]:
    """The topics in the order in which they are given. Raises: Changed."""
    where = {spot.topic_id: spot.board_id for spot in spots}
    taken: dict[int, Topic] = {}
    for topic_id in sorted(where):
        _look(session, where)
        topic = session.scalar(
            select(Topic)
            .where(Topic.id == topic_id)
            .with_for_update(of=Topic, key_share=True)
            .execution_options(populate_existing=True)
        )
        is_there = topic is not None and topic.board_id == where[topic_id]
        if topic is None or not is_there or topic.merged_into_id is not None:
            raise Changed
        taken[topic_id] = topic
    return [taken[spot.topic_id] for spot in spots]


def take_boards(session: Session, *board_ids: int) -> dict[int, Board]:
    """After the topics. Archived ones too."""
    taken: dict[int, Board] = {}
    for board_id in sorted(set(board_ids)):
        taken[board_id] = session.scalars(
            select(Board)
            .where(Board.id == board_id)
            .with_for_update(of=Board, key_share=True)
            .execution_options(populate_existing=True)
        ).one()
    return taken


def _look(session: Session, topic_ids: Collection[int]) -> None:
    """Each time anew: while one waits for one topic another may have been merged."""
    there = select(func.count()).where(Topic.id.in_(topic_ids), Topic.merged_into_id.is_(None))
    if session.scalar(there) != len(topic_ids):
        raise Changed
