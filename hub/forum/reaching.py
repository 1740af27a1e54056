"""A topic or a post that somebody asks for, with its board and their seat there: one statement.

None where they may not know that it exists.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from hub.accounts.visitor import Visitor
from hub.forum import rules
from hub.forum.models import Board, Post, Topic
from hub.forum.rules import Seat
from hub.forum.seats import is_board_moderator, seat_for
from knowledge.orm import LongId


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
    row = session.execute(_TOPIC, _values(who, topic_id)).one_or_none()
    if row is None:
        return None
    topic, board, moderates = row
    seat = seat_for(who, board, moderates=moderates)
    sees = rules.can_read_board(who.reader, board) and rules.can_see_topic(seat, topic)
    return ReachedTopic(topic, board, seat) if sees else None


def reach_post(session: Session, who: Visitor, post_id: int) -> ReachedPost | None:
    """One whose words they may see, too."""
    row = session.execute(_POST, _values(who, post_id)).one_or_none()
    if row is None:
        return None
    post, topic, board, moderates = row
    seat = seat_for(who, board, moderates=moderates)
    reads = rules.can_read_board(who.reader, board) and rules.can_see_topic(seat, topic)
    sees = reads and rules.can_see_post(seat, post)
    return ReachedPost(post, topic, board, seat) if sees else None


def _values(who: Visitor, number: int) -> dict[str, Any]:
    return {"person": who.person_id, "number": number}


# Made once: most requests of the forum begin with one of them.
_MODERATES = is_board_moderator(bindparam("person", type_=Integer))
_NUMBER = bindparam("number", type_=LongId)
_TOPIC = (
    select(Topic, Board, _MODERATES)
    .join(Board, Board.id == Topic.board_id)
    .where(Topic.id == _NUMBER)
    .options(contains_eager(Topic.board))
)
_POST = (
    select(Post, Topic, Board, _MODERATES)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Board, Board.id == Topic.board_id)
    .where(Post.id == _NUMBER)
    .options(contains_eager(Post.topic).contains_eager(Topic.board))
)
