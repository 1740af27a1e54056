"""Who follows a topic how, asked of the database for everybody at once."""

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from hub.following.models import Follow, Followed
from hub.following.rules import MUTES, WATCHES, WEIGHTS
from hub.forum.models import Topic


def watchers(topic: Topic) -> Select[int]:
    """The ids of those who want to hear of each new post of the topic."""
    return _weighted(topic, WATCHES)


def muters(topic: Topic) -> Select[int]:
    """The ids of those who want to hear of nothing in it."""
    return _weighted(topic, MUTES)


def is_about(topic: Topic) -> ColumnElement[bool]:
    """What was chosen for the topic, its board or one of its tags."""
    return or_(
        and_(Follow.kind == Followed.TOPIC, Follow.target == str(topic.id), Follow.is_chosen),
        and_(Follow.kind == Followed.BOARD, Follow.target == str(topic.board_id)),
        and_(Follow.kind == Followed.TAG, Follow.target.in_(list(topic.tags))),
    )


def _weighted(topic: Topic, weights: tuple[int, ...]) -> Select[int]:
    of_topic = Follow.kind == Followed.TOPIC
    weight = case(
        *(
            (and_(of_topic if is_topics else ~of_topic, Follow.level == level), number)
            for (is_topics, level), number in WEIGHTS.items()
        ),
        else_=0,
    )
    grouped = select(Follow.person_id).where(is_about(topic)).group_by(Follow.person_id)
    return grouped.having(func.max(weight).in_(weights))
