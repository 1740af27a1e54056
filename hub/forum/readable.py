"""Conditions and columns about whoever reads, as parts of statements that are made once.

Their values are given when a statement runs: ``person_id`` (0 for who is not signed in),
``audiences`` and ``groups`` of the visitor.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)

from hub.accounts.visitor import Visitor
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum.models import Board, Post, State
from hub.groups.models import Group
from knowledge.access import GROUP
from knowledge.among import among

PERSON: BindParameter[int] = bindparam("person_id")


def values_of(who: Visitor) -> dict[str, Any]:
    return {
        "person_id": who.person_id,
        "audiences": sorted(who.reader.audiences),
        "groups": sorted(who.standing.groups),
    }


def is_readable() -> ColumnElement[bool]:
    """Of a board: it is for an audience that the visitor belongs to."""
    return among(Board.audience, "audiences")


def group_label() -> ColumnElement[Any]:
    """The name of the group that a board is for, as a column beside it. Only the visitor's own."""
    is_it = literal(GROUP).concat(cast(Group.id, String)) == Board.audience
    mine = among(Group.id, "groups")
    return select(Group.name).where(mine, is_it).correlate(Board).scalar_subquery()


def has_unread(topic: Any) -> ColumnElement[bool]:
    """Beside the place where the visitor stands in a topic and how they follow it. ``topic`` has
    the columns ``id`` and ``last_number``."""
    read = func.coalesce(ReadPosition.number, 0)
    is_followed = or_(Follow.level.is_(None), Follow.level != Level.MUTE)
    return and_(topic.last_number > read, is_followed, latest_number(topic.id) > read)


def latest_number(topic_id: Any) -> Any:
    """The highest number of a visible post, as a column beside a topic. ``Topic.last_number`` may
    be that of a post that waits for a moderator, or that went elsewhere."""
    numbers = select(Post.number).where(Post.topic_id == topic_id, Post.state == State.VISIBLE)
    highest = numbers.order_by(Post.number.desc()).limit(1).correlate_except(Post)
    return func.coalesce(highest.scalar_subquery(), 0)


def is_place_of(topic_id: Any) -> ColumnElement[bool]:
    return and_(ReadPosition.person_id == PERSON, ReadPosition.topic_id == topic_id)


def follows(kind: Followed, target: Any) -> ColumnElement[bool]:
    return and_(
        Follow.person_id == PERSON, Follow.kind == kind, Follow.target == cast(target, String)
    )
