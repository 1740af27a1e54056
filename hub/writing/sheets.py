"""What somebody writes on: the place that it is for, and what is known of it."""

from dataclasses import dataclass

from flask import abort, url_for
from sqlalchemy import select

from hub.accounts.visitor import visitor
from hub.extensions import db
from hub.forum import rules
from hub.forum.models import Board, Post, Topic
from hub.forum.reaching import ReachedTopic, reach_post, reach_topic
from hub.forum.rules import Seat
from hub.forum.seats import seat_of
from hub.writing.places import Kind, Place


@dataclass(frozen=True, slots=True)
class Sheet:
    """``topic``: of a reply and an edit. ``post``: of an edit. ``can_write``: whether the form may
    be sent, as things are."""

    place: Place
    board: Board
    seat: Seat
    can_write: bool
    topic: Topic | None = None
    post: Post | None = None

    @property
    def has_head(self) -> bool:
        """Whether title and tags are written here too."""
        return self.topic is None or (self.post is not None and self.post.number == 1)

    @property
    def address(self) -> str:
        """Where its form is, and is sent to."""
        if self.post is not None:
            return url_for("writing.edit", post_id=self.post.id)
        if self.topic is not None:
            return url_for("writing.reply", topic_id=self.topic.id)
        return url_for("writing.new_topic", board_id=self.board.id)


def for_topic_in(board_id: int) -> Sheet:
    """404 where the board is not theirs to know of, 403 where they only read it."""
    board = db.session.scalar(select(Board).where(Board.id == board_id))
    if board is None or not rules.can_read_board(visitor().reader, board):
        abort(404)
    seat = seat_of(db.session(), visitor(), board)
    return Sheet(Place(Kind.BOARD, board_id), board, seat, rules.can_start_topic(seat))


def for_reply_to(topic_id: int) -> Sheet:
    """In the topic, or in the one that it was merged into since the form was opened."""
    reached = reach_topic(db.session(), visitor(), topic_id) or _merged_into(topic_id) or abort(404)
    can_reply = rules.can_reply(reached.seat, reached.topic)
    place = Place(Kind.TOPIC, reached.topic.id)
    return Sheet(place, reached.board, reached.seat, can_reply, reached.topic)


def _merged_into(topic_id: int) -> ReachedTopic | None:
    """None too where they could not read what was merged: that it led here would be a hint."""
    for _ in range(10):  # merged and merged again
        topic = db.session.get(Topic, topic_id)
        if topic is None or topic.merged_into_id is None:
            return None
        if not rules.can_read_board(visitor().reader, topic.board):
            return None
        topic_id = topic.merged_into_id
        if reached := reach_topic(db.session(), visitor(), topic_id):
            return reached
    return None


def for_edit_of(post_id: int) -> Sheet:
    reached = reach_post(db.session(), visitor(), post_id) or abort(404)
    can_edit = rules.can_edit(reached.seat, reached.topic, reached.post)
    place = Place(Kind.POST, post_id)
    return Sheet(place, reached.board, reached.seat, can_edit, reached.topic, reached.post)
