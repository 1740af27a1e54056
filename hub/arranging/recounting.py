"""Counts and dates of topics and boards whose posts were moved; all of them are taken."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.forum.counting import note_latest
from hub.forum.models import Board, Post, State, Topic


def recount(session: Session, topic: Topic) -> None:
    """``last_number`` is never lowered: what somebody has read up to it stays read, and no number
    is given twice."""
    seen = (Post.topic_id == topic.id, Post.state == State.VISIBLE)
    topic.posts = session.scalar(select(func.count()).where(*seen)) or 0
    highest = session.scalar(select(func.max(Post.number)).where(Post.topic_id == topic.id)) or 0
    topic.last_number = max(topic.last_number, highest)
    note_latest(session, topic)


def shift(source: Board, target: Board, *, topics: int = 0, posts: int = 0) -> None:
    """So many went from one board to the other."""
    source.topics -= topics
    source.posts -= posts
    target.topics += topics
    target.posts += posts


def date(session: Session, *boards: Board) -> None:
    """When the latest post of each came."""
    for board in boards:
        latest = select(func.max(Topic.bumped_at)).where(
            Topic.board_id == board.id, Topic.state == State.VISIBLE
        )
        board.last_post_at = session.scalar(latest)
    session.flush()
