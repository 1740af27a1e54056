"""Every change to positions and to what is followed. They flush; whoever calls them commits.

A position only moves forward: of two that come at once the one further on stays.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.orm import Session

from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.following.queries import last_visible_before
from hub.following.rules import MOST_FOLLOWED
from hub.forum.happenings import Happening, Kind
from hub.forum.models import State, Topic
from hub.inserting import insert_into

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class TooMany(Exception):
    """The person follows as much as anybody may."""


def mark_read(session: Session, person_id: int, topic: Topic, number: int, now: datetime) -> None:
    """Somebody has read the topic up to the post with this number."""
    read = min(number, topic.last_number)
    row = {"person_id": person_id, "topic_id": topic.id, "number": read, "at": now}
    session.execute(_only_forward(insert_into(session, ReadPosition).values(row)))


def mark_board_read(session: Session, person_id: int, board_id: int, now: datetime) -> None:
    """Somebody has read all that stands in the board now, or does not want to."""
    topics = select(
        literal(person_id), Topic.id, Topic.last_number, literal(now, ReadPosition.at.type)
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
    session.execute(
        update(ReadPosition)
        .where(ReadPosition.person_id == post.author_id, ReadPosition.topic_id == topic.id)
        .where(ReadPosition.number >= last_visible_before(session, post))
        .values(number=_the_larger(post.number), at=happening.now),
        execution_options=NOT_SYNCHRONISED,
    )


def _the_larger(number: int) -> Any:
    return case((ReadPosition.number > number, ReadPosition.number), else_=number)


def _only_forward(reading: Any) -> Any:
    return reading.on_conflict_do_update(
        index_elements=["person_id", "topic_id"],
        set_={"number": reading.excluded.number, "at": reading.excluded.at},
        where=reading.excluded.number > ReadPosition.number,
    )


def _follow_by_itself(session: Session, person_id: int, topic: Topic, now: datetime) -> None:
    row = {"person_id": person_id, "kind": Followed.TOPIC, "target": str(topic.id)}
    noted = insert_into(session, Follow).values(**row, level=Level.NORMAL, is_chosen=False, at=now)
    session.execute(noted.on_conflict_do_nothing())


def _unfollow(session: Session, person_id: int, kind: Followed, target: str) -> None:
    session.execute(
        delete(Follow).where(
            Follow.person_id == person_id, Follow.kind == kind, Follow.target == target
        ),
        execution_options=NOT_SYNCHRONISED,
    )
