"""Merging a topic into another one."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from hub.arranging import following_up, recounting
from hub.arranging.models import MovedPosts
from hub.arranging.operations import look_at
from hub.arranging.rules import can_be_taken_apart, stricter
from hub.arranging.taking import Changed, Spot, take, take_boards
from hub.audit import log
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Post, State, Topic

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def merge(
    session: Session, source: Spot, target: Spot, actor_id: int, now: datetime, reason: str = ""
) -> Topic:
    """All posts of the one go behind those of the other, in their order, whenever they were
    written: so no post of the target gets another number, and what was read there stays read. The
    source leads to the target from then on, and replies to it land there.

    Raises: Changed, TooOpen, Closed where the board of the target is archived.
    """
    if source.topic_id == target.topic_id:
        raise Changed
    old, new = take(session, source, target)
    if not (can_be_taken_apart(old) and can_be_taken_apart(new)):
        raise Changed
    boards = take_boards(session, old.board_id, new.board_id)
    look_at(old.mark, boards[new.board_id])
    offset, moved = new.last_number, old.posts
    _hand_over(session, old, new, offset)
    _note_in_topics(session, old, new, offset, moved, now)
    recounting.shift(boards[old.board_id], boards[new.board_id], posts=moved)
    boards[old.board_id].topics -= 1
    _end(old, new)
    session.flush()
    recounting.recount(session, new)
    recounting.date(session, *boards.values())
    _follow_up(session, old, new, offset)
    tell(session, Happening(Kind.MOVED, new.board, new, None, actor_id, now, behind=offset))
    log.note(
        session,
        "topic.merged",
        actor_id,
        now,
        ("topic", old.id),
        before={"board": old.board_id, "posts": moved},
        after={"board": new.board_id, "topic": new.id, "mark": new.mark},
        reason=reason,
    )
    return new


def _hand_over(session: Session, old: Topic, new: Topic, offset: int) -> None:
    """All posts, seen or not. Numbers keep their gaps."""
    session.execute(
        update(Post)
        .where(Post.topic_id == old.id)
        .values(topic_id=new.id, number=Post.number + offset),
        execution_options=NOT_SYNCHRONISED,
    )
    new.last_number = offset + old.last_number


def _end(old: Topic, new: Topic) -> None:
    """It is in no list any more; ``hub.forum.operations.take_topic`` leads on."""
    new.mark = stricter(new.mark, old.mark)
    new.accepted_post_id = new.accepted_post_id or old.accepted_post_id
    new.has_moved_posts = True
    old.accepted_post_id, old.is_pinned, old.posts = None, False, 0
    old.merged_into_id, old.state = new.id, State.DELETED


def _note_in_topics(
    session: Session, old: Topic, new: Topic, offset: int, moved: int, now: datetime
) -> None:
    """Where the posts came from, and the lines of both topics about posts that went elsewhere; not
    of those that are together again."""
    session.execute(
        update(MovedPosts)
        .where(MovedPosts.topic_id == old.id)
        .values(topic_id=new.id, after_number=MovedPosts.after_number + offset),
        execution_options=NOT_SYNCHRONISED,
    )
    session.execute(
        update(MovedPosts).where(MovedPosts.other_id == old.id).values(other_id=new.id),
        execution_options=NOT_SYNCHRONISED,
    )
    session.execute(
        delete(MovedPosts).where(MovedPosts.topic_id == MovedPosts.other_id),
        execution_options=NOT_SYNCHRONISED,
    )
    session.add(
        MovedPosts(topic_id=new.id, after_number=offset, posts=moved, title=old.title, at=now)
    )


def _follow_up(session: Session, old: Topic, new: Topic, offset: int) -> None:
    following_up.carry_positions(session, old.id, new.id, lambda read: offset + read, offset)
    following_up.carry_follows(session, old.id, new.id)
    following_up.lead_notifications(session, old.id, new.id)
    following_up.forget(session, old.id)
