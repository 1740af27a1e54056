"""Taking posts out of a topic: into a new one, or to the end of another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hub.arranging import following_up, recounting
from hub.arranging.models import MovedPosts
from hub.arranging.operations import look_at
from hub.arranging.rules import can_be_taken_apart, stricter
from hub.arranging.taking import Changed, Spot, take, take_boards
from hub.audit import log
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Board, Post, State, Topic
from hub.forum.operations import Refused

MOST_CHOSEN = 1_000


class NothingChosen(Refused):
    """No post, or more than ``MOST_CHOSEN``."""


class FirstChosen(Refused):
    """The first post stays: it is the question of the topic."""


class NotSeen(Refused):
    """A new topic cannot begin with a post that not everybody there may read."""


@dataclass(frozen=True, slots=True)
class NewTopic:
    board_id: int
    title: str


def split(
    session: Session,
    source: Spot,
    post_ids: Collection[int],
    target: Spot | NewTopic,
    actor_id: int,
    now: datetime,
    reason: str = "",
) -> Topic:
    """Returns the topic that the posts stand in now, numbered anew in their order. Those that stay
    keep their numbers, so that what leads to them still does.

    Raises: NothingChosen, FirstChosen, NotSeen, Changed, TooOpen, Closed.
    """
    old, new = _take(session, source, target)
    board_id = new.board_id if new else target.board_id
    boards = take_boards(session, old.board_id, board_id)
    look_at(old.mark, boards[board_id])
    chosen = _chosen(session, old, post_ids)
    if new is None:
        assert isinstance(target, NewTopic)  # noqa: S101 - for the type checker
        new = _begin(session, old, boards[board_id], chosen[0], target.title)
        boards[board_id].topics += 1
    offset, seen = new.last_number, sum(post.state == State.VISIBLE for post in chosen)
    numbers = [post.number for post in chosen]
    _hand_over(session, chosen, new, offset)
    recounting.shift(boards[old.board_id], boards[board_id], posts=seen)
    _note_in_topic(session, old, new, numbers[0] - 1, seen, now)
    if old.accepted_post_id in {post.id for post in chosen}:
        old.accepted_post_id = None
    new.mark = stricter(new.mark, old.mark)
    session.flush()
    for topic in (old, new):
        recounting.recount(session, topic)
    recounting.date(session, *boards.values())
    _follow_up(session, old, new, numbers, offset, now)
    tell(session, Happening(Kind.MOVED, new.board, new, None, actor_id, now, behind=offset))
    log.note(
        session,
        "topic.split",
        actor_id,
        now,
        ("topic", old.id),
        before={"board": old.board_id, "posts": len(chosen)},
        after={"board": new.board_id, "topic": new.id, "mark": new.mark},
        reason=reason,
    )
    return new


def _take(session: Session, source: Spot, target: Spot | NewTopic) -> tuple[Topic, Topic | None]:
    others = () if isinstance(target, NewTopic) else (target,)
    if any(other.topic_id == source.topic_id for other in others):
        raise Changed
    old, *found = take(session, source, *others)
    if not all(can_be_taken_apart(topic) for topic in (old, *found)):
        raise Changed
    return old, found[0] if found else None


def _chosen(session: Session, old: Topic, post_ids: Collection[int]) -> Sequence[Post]:
    if not 0 < len(post_ids) <= MOST_CHOSEN:
        raise NothingChosen
    asked = select(Post).where(Post.topic_id == old.id, Post.id.in_(post_ids))
    chosen = session.scalars(
        asked.order_by(Post.number).execution_options(populate_existing=True)
    ).all()
    if len(chosen) != len(set(post_ids)):
        raise Changed
    if chosen[0].number == 1:
        raise FirstChosen
    return chosen


def _begin(session: Session, old: Topic, board: Board, first: Post, title: str) -> Topic:
    """A topic of whoever wrote its first post, from when they wrote it."""
    if first.state != State.VISIBLE:
        raise NotSeen
    topic = Topic(
        board=board,
        author_id=first.author_id,
        title=title,
        language=first.language,
        mark=stricter(old.mark, board.mark),
        created_at=first.created_at,
        bumped_at=first.created_at,
        last_author_id=first.author_id,
    )
    session.add(topic)
    session.flush()
    return topic


def _hand_over(session: Session, chosen: Sequence[Post], new: Topic, offset: int) -> None:
    table: Any = Post.__table__
    rows = [{"post": post.id, "number": number} for number, post in enumerate(chosen, offset + 1)]
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("post"))
        .values(topic_id=new.id, number=bindparam("number")),
        rows,
    )


def _note_in_topic(
    session: Session, old: Topic, new: Topic, after: int, seen: int, now: datetime
) -> None:
    old.has_moved_posts = True
    session.add(
        MovedPosts(topic_id=old.id, other_id=new.id, after_number=after, posts=seen, at=now)
    )


def _follow_up(
    session: Session, old: Topic, new: Topic, numbers: Sequence[int], offset: int, now: datetime
) -> None:
    renumbered = following_up.by_list(numbers, offset)
    if offset:
        following_up.carry_positions(session, old.id, new.id, renumbered, offset)
    else:
        following_up.carry_positions_to_new(session, old.id, new.id, renumbered, now)
        following_up.carry_follows(session, old.id, new.id)
    following_up.lead_notifications(session, old.id, new.id)
