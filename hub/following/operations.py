"""Every change to positions and to what is followed. They flush; whoever calls them commits.

A position only moves forward: of two that come at once the one further on stays.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, literal, select, update
from sqlalchemy.orm import Session

from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.following.rules import MOST_FOLLOWED
from hub.forum.happenings import Happening, Kind
from hub.forum.models import Post, State, Topic
from hub.forum.readable import latest_number
from hub.inserting import dialect_of, insert_for, insert_into
from knowledge.orm import LongId, run

POSITIONS: Any = ReadPosition.__table__
NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class TooMany(Exception):
    """The person follows as much as anybody may."""


def mark_read(session: Session, person_id: int, topic: Topic, number: int, now: datetime) -> None:
    """Somebody has read the topic up to the post with this number."""
    read = min(number, topic.last_number)
    row = {"person_id": person_id, "topic_id": topic.id, "number": read, "at": now}
    session.execute(_only_forward(insert_into(session, ReadPosition).values(row)))


def mark_board_read(session: Session, person_id: int, board_id: int, now: datetime) -> None:
    """Somebody has read all that stands in the board now, or does not want to. What waits for a
    moderator behind it is not read yet."""
    topics = select(
        *(literal(person_id), Topic.id, latest_number(Topic.id)),
        literal(now, ReadPosition.at.type),
    ).where(Topic.board_id == board_id, Topic.state == State.VISIBLE)
    columns = ["person_id", "topic_id", "number", "at"]
    session.execute(
        _only_forward(insert_into(session, ReadPosition).from_select(columns, topics)),
        execution_options=NOT_SYNCHRONISED,
    )


def follow(
    session: Session, person_id: int, kind: Followed, target: str, level: Level, now: datetime
) -> None:
    """Notes what somebody chose. Raises: TooMany."""
    if level == Level.NORMAL and kind != Followed.TOPIC:
        _unfollow(session, person_id, kind, target)
        return
    count = select(func.count(Follow.id)).where(Follow.person_id == person_id, Follow.is_chosen)
    if (session.scalar(count) or 0) >= MOST_FOLLOWED and level != Level.NORMAL:
        raise TooMany
    row = {"person_id": person_id, "kind": kind, "target": target, "level": level, "at": now}
    chosen = insert_into(session, Follow).values(**row, is_chosen=True)
    session.execute(
        chosen.on_conflict_do_update(
            index_elements=["person_id", "kind", "target"],
            set_={"level": chosen.excluded.level, "is_chosen": True, "at": chosen.excluded.at},
        )
    )


def hear(session: Session, happening: Happening) -> None:
    """Whoever writes in a topic follows it from then on, unless they have said otherwise, and has
    read what they wrote themselves, if they had read all before it."""
    post, topic = happening.post, happening.topic
    if happening.kind is not Kind.POSTED or post is None or topic is None:
        return
    _follow_by_itself(session, post.author_id, topic, happening.now)
    if post.number == 1:
        mark_read(session, post.author_id, topic, 1, happening.now)
        return
    values = {"author": post.author_id, "topic": topic.id, "written": post.number}
    run(session, _READ_WHAT_ONE_WROTE, {**values, "now": happening.now})


def _read_what_one_wrote() -> Any:
    """Built once: it is part of every post."""
    written = bindparam("written", type_=Integer)
    before = (  # not max(): that looks at every post of the topic
        select(Post.number)
        .where(
            Post.topic_id == bindparam("topic", type_=LongId),
            Post.number < written,
            Post.state == State.VISIBLE,
        )
        .order_by(Post.number.desc())
        .limit(1)
    )
    return (
        update(POSITIONS)
        .where(POSITIONS.c.person_id == bindparam("author", type_=Integer))
        .where(POSITIONS.c.topic_id == bindparam("topic", type_=LongId))
        .where(POSITIONS.c.number < written)
        .where(POSITIONS.c.number >= func.coalesce(before.scalar_subquery(), 0))
        .values(number=written, at=bindparam("now", type_=ReadPosition.at.type))
    )


_READ_WHAT_ONE_WROTE = _read_what_one_wrote()


def _only_forward(reading: Any) -> Any:
    return reading.on_conflict_do_update(
        index_elements=["person_id", "topic_id"],
        set_={"number": reading.excluded.number, "at": reading.excluded.at},
        where=reading.excluded.number > ReadPosition.number,
    )


def _follow_by_itself(session: Session, person_id: int, topic: Topic, now: datetime) -> None:
    row = {"person_id": person_id, "kind": Followed.TOPIC, "target": str(topic.id)}
    row |= {"level": Level.NORMAL, "is_chosen": False, "at": now}
    run(session, _noted_unless_there(dialect_of(session)), row)


@cache
def _noted_unless_there(dialect: str) -> Any:
    """Built once: it is part of every post."""
    return insert_for(dialect, Follow.__table__).on_conflict_do_nothing()


def _unfollow(session: Session, person_id: int, kind: Followed, target: str) -> None:
    session.execute(
        delete(Follow).where(
            Follow.person_id == person_id, Follow.kind == kind, Follow.target == target
        ),
        execution_options=NOT_SYNCHRONISED,
    )
