"""The counts that lists show, moved by one statement each, so that no two changes meet.

The caller holds the row of the topic (``operations.take_topic``).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from hub.forum.models import Board, Post, State, Topic
from knowledge.orm import run

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def count_post(session: Session, topic: Topic, post: Post) -> None:
    """A post of the topic can be read from now on, or as soon as the topic can be."""
    topic.posts += 1
    if topic.posts == 1 or post.created_at >= topic.bumped_at:
        topic.last_author_id, topic.bumped_at = post.author_id, post.created_at
    if topic.state == State.VISIBLE:
        run(session, _ONE_MORE, {"board": topic.board_id, "moment": post.created_at})


def uncount_post(session: Session, topic: Topic, post: Post) -> None:
    """It cannot be read any more, as its state says already."""
    before = topic.bumped_at
    topic.posts -= 1
    if post.created_at >= before:
        note_latest(session, topic)
    if topic.state == State.VISIBLE:
        _count(session, topic.board_id, posts=Board.posts - 1)
        if topic.bumped_at < before:
            _put_back(session, topic.board_id, before)


def count_topic(session: Session, topic: Topic) -> None:
    """The topic can be read from now on, with the posts of it that are counted already."""
    _count(
        session,
        topic.board_id,
        topics=Board.topics + 1,
        posts=Board.posts + topic.posts,
        last_post_at=_latest(topic.bumped_at),
    )


def uncount_topic(session: Session, topic: Topic) -> None:
    """It cannot be read any more, nor what stands in it, whatever its ``state`` says yet."""
    posts = Board.posts - topic.posts
    _count(session, topic.board_id, topics=Board.topics - 1, posts=posts)
    _put_back(session, topic.board_id, topic.bumped_at, topic.id)


def note_latest(session: Session, topic: Topic) -> None:
    """Who wrote last, and when, among what can be read. By date: in a topic into which another one
    was merged the last post is not always the latest."""
    session.flush()
    latest = (
        select(Post.author_id, Post.created_at)
        .where(Post.topic_id == topic.id, Post.state == State.VISIBLE)
        .order_by(Post.created_at.desc(), Post.number.desc())
        .limit(1)
    )
    found = session.execute(latest).one_or_none()
    if found is not None:
        topic.last_author_id, topic.bumped_at = found.author_id, found.created_at
    session.flush()


def _latest(moment: Any, known: Any = Board.last_post_at) -> Any:
    """A board's latest post is never put back by one that was held for a while."""
    return case((known > moment, known), else_=moment)


def _one_more() -> Any:
    """Made once: it is part of every post."""
    latest = _latest(bindparam("moment", type_=Board.last_post_at.type), BOARDS.c.last_post_at)
    counted = {"posts": BOARDS.c.posts + 1, "last_post_at": latest}
    return update(BOARDS).where(BOARDS.c.id == bindparam("board", type_=Integer)).values(counted)


BOARDS: Any = Board.__table__
_ONE_MORE = _one_more()


def _put_back(session: Session, board_id: int, gone: datetime, topic_id: int = 0) -> None:
    """When the board's latest post came, if that one is gone. The row of the board is changed
    already, so that nobody else changes it meanwhile. ``topic_id`` does not count any more."""
    last = session.scalar(select(Board.last_post_at).where(Board.id == board_id))
    if last is None or last > gone:
        return
    latest = select(func.max(Topic.bumped_at)).where(
        Topic.board_id == board_id, Topic.state == State.VISIBLE, Topic.id != topic_id
    )
    _count(session, board_id, last_post_at=session.scalar(latest))


def _count(session: Session, board_id: int, **values: Any) -> None:
    session.execute(
        update(Board).where(Board.id == board_id).values(values),
        execution_options=NOT_SYNCHRONISED,
    )
