"""What knows a post by its topic, after the post came into another one: how far people have read,
what they follow, what they were told."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, literal, select, update
from sqlalchemy.orm import Session

from hub.following.models import Follow, Followed, ReadPosition
from hub.forum.models import Post
from hub.inserting import insert_into
from hub.notifications.models import Notification

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}
Renumbered = Callable[[int], int]  # old number read up to → new number read up to, 0 for none


def by_list(numbers: Sequence[int], offset: int) -> Renumbered:
    """Posts with these numbers, in order, now follow ``offset``."""

    def renumbered(read: int) -> int:
        count = bisect_right(numbers, read)
        return offset + count if count else 0

    return renumbered


def carry_positions_to_new(
    session: Session, source_id: int, target_id: int, renumbered: Renumbered, now: datetime
) -> None:
    """Whoever had read some of the posts has read them in their new topic."""
    read = ((who, renumbered(number)) for who, number in _positions(session, source_id))
    rows = [
        {"person_id": who, "topic_id": target_id, "number": number, "at": now}
        for who, number in read
        if number
    ]
    if rows:
        session.execute(insert_into(session, ReadPosition).on_conflict_do_nothing(), rows)


def carry_positions(
    session: Session, source_id: int, target_id: int, renumbered: Renumbered, end: int
) -> None:
    """Whoever had read the target to its ``end`` has read those of the new posts, too, that they
    read where these came from. Whoever had not, finds them unread behind what they have to read."""
    there = {who for who, number in _positions(session, target_id) if number >= end}
    rows = [
        {"who": who, "to": renumbered(number)}
        for who, number in _positions(session, source_id)
        if who in there and renumbered(number)
    ]
    if rows:
        table: Any = ReadPosition.__table__
        session.connection().execute(
            update(table)
            .where(table.c.topic_id == target_id, table.c.person_id == bindparam("who"))
            .where(table.c.number < bindparam("to"))
            .values(number=bindparam("to")),
            rows,
        )


def carry_follows(session: Session, source_id: int, target_id: int) -> None:
    """Whoever follows the one follows the other, unless they said something about it."""
    columns = ["person_id", "kind", "target", "level", "is_chosen", "at"]
    follows = select(
        *(Follow.person_id, Follow.kind, cast(literal(str(target_id)), String)),
        *(Follow.level, Follow.is_chosen, Follow.at),
    ).where(Follow.kind == Followed.TOPIC, Follow.target == str(source_id))
    session.execute(
        insert_into(session, Follow).from_select(columns, follows).on_conflict_do_nothing()
    )


def forget(session: Session, topic_id: int) -> None:
    """Of a topic that is no more: nobody reads or follows it."""
    for gone in (
        delete(ReadPosition).where(ReadPosition.topic_id == topic_id),
        delete(Follow).where(Follow.kind == Followed.TOPIC, Follow.target == str(topic_id)),
    ):
        session.execute(gone, execution_options=NOT_SYNCHRONISED)


def lead_notifications(session: Session, source_id: int, target_id: int) -> None:
    """What people were told about posts that stand in ``target_id`` now."""
    moved = select(Post.id).where(Post.topic_id == target_id)
    session.execute(
        update(Notification)
        .where(Notification.topic_id == source_id, Notification.post_id.in_(moved))
        .values(topic_id=target_id),
        execution_options=NOT_SYNCHRONISED,
    )


def _positions(session: Session, topic_id: int) -> list[tuple[int, int]]:
    asked = select(ReadPosition.person_id, ReadPosition.number)
    return [
        (who, number)
        for who, number in session.execute(asked.where(ReadPosition.topic_id == topic_id))
    ]
