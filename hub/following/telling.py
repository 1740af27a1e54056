"""Who follows a topic how, asked of the database for everybody at once.

The statements are built once: which topic they are about is said by ``values_of``.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, func, or_, select

from hub.following.models import Follow, Followed
from hub.following.rules import MUTES, WATCHES, WEIGHTS
from hub.forum.models import Topic


def values_of(topic: Topic) -> dict[str, Any]:
    """What ``IS_ABOUT``, ``WATCHERS`` and ``MUTERS`` are executed with."""
    return {
        "topic_followed": str(topic.id),
        "board_followed": str(topic.board_id),
        "tags_followed": list(topic.tags),
    }


def _is_about() -> ColumnElement[bool]:
    tags = bindparam("tags_followed", expanding=True, type_=String)
    return or_(
        and_(
            Follow.kind == Followed.TOPIC,
            Follow.target == bindparam("topic_followed", type_=String),
            Follow.is_chosen,
        ),
        and_(
            Follow.kind == Followed.BOARD,
            Follow.target == bindparam("board_followed", type_=String),
        ),
        and_(Follow.kind == Followed.TAG, Follow.target.in_(tags)),
    )


def _weighted(weights: tuple[int, ...]) -> Select[int]:
    of_topic = Follow.kind == Followed.TOPIC
    weight = case(
        *(
            (and_(of_topic if is_topics else ~of_topic, Follow.level == level), number)
            for (is_topics, level), number in WEIGHTS.items()
        ),
        else_=0,
    )
    grouped = select(Follow.person_id).where(IS_ABOUT).group_by(Follow.person_id)
    return grouped.having(func.max(weight).in_(weights))


# What was chosen for the topic, its board or one of its tags.
IS_ABOUT = _is_about()
# The ids of those who want to hear of each new post of the topic, and of those who want to hear of
# nothing in it.
WATCHERS = _weighted(WATCHES)
MUTERS = _weighted(MUTES)
