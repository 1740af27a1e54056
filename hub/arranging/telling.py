"""Telling the features that posts stand in another topic now."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Post, Topic

AT_ONCE = 500


def tell_of_posts(
    session: Session, topic: Topic, after_number: int, actor_id: int, now: datetime
) -> None:
    """Of each post of the topic behind that number."""
    for post in _posts(session, topic, after_number):
        tell(session, Happening(Kind.MOVED, topic.board, topic, post, actor_id, now))


def _posts(session: Session, topic: Topic, after: int) -> Iterable[Post]:
    of_topic = select(Post).where(Post.topic_id == topic.id).order_by(Post.number).limit(AT_ONCE)
    fresh = of_topic.execution_options(populate_existing=True)
    while posts := session.scalars(fresh.where(Post.number > after)).all():
        yield from posts
        after = posts[-1].number
