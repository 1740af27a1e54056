"""A topic or a post that somebody asks for, with its board and their seat there: one statement.

None where they may not know that it exists.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from hub.accounts.visitor import Visitor
from hub.forum import rules
from hub.forum.models import Board, Post, Topic
from hub.forum.rules import Seat
from hub.forum.seats import is_board_moderator, seat_for


@dataclass(frozen=True, slots=True)
class ReachedTopic:
    topic: Topic
    board: Board
    seat: Seat


@dataclass(frozen=True, slots=True)
class ReachedPost:
    post: Post
    topic: Topic
    board: Board
    seat: Seat


def reach_topic(session: Session, who: Visitor, topic_id: int) -> ReachedTopic | None:
    asked = select(Topic, Board, _moderates(who)).join(Board, Board.id == Topic.board_id)
    row = session.execute(
        asked.where(Topic.id == topic_id).options(contains_eager(Topic.board))
    ).one_or_none()
    if row is None:
        return None
    topic, board, moderates = row
    seat = seat_for(who, board, moderates=moderates)
    sees = rules.can_read_board(who.reader, board) and rules.can_see_topic(seat, topic)
    return ReachedTopic(topic, board, seat) if sees else None


def reach_post(session: Session, who: Visitor, post_id: int) -> ReachedPost | None:
    """One whose words they may see, too."""
    asked = (
        select(Post, Topic, Board, _moderates(who))
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .where(Post.id == post_id)
        .options(contains_eager(Post.topic).contains_eager(Topic.board))
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    post, topic, board, moderates = row
    seat = seat_for(who, board, moderates=moderates)
    reads = rules.can_read_board(who.reader, board) and rules.can_see_topic(seat, topic)
    sees = reads and rules.can_see_post(seat, post)
    return ReachedPost(post, topic, board, seat) if sees else None


def _moderates(who: Visitor) -> Any:
    return is_board_moderator(who.person.id if who.person else 0)
