"""The titles of topics that were merged away, when their author takes the texts along.

No post stands in such a topic, and nobody finds it by its title any more.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.arranging.models import MovedPosts
from hub.forum.models import Topic
from hub.forum.operations import set_tags

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def remove(session: Session, person_id: int) -> None:
    """There, and in the line before the posts that came from there. Flushes.

    A line names a topic by its title alone: of two merged into one place under the same title
    both lines are emptied. Merged topics are taken after all others (``operations.take_topic``).
    """
    merged = select(Topic).where(Topic.author_id == person_id, Topic.merged_into_id.is_not(None))
    merged = merged.order_by(Topic.id).with_for_update(of=Topic, key_share=True)
    merged = merged.execution_options(populate_existing=True)
    for topic in session.scalars(merged).all():
        session.execute(
            update(MovedPosts)
            .where(
                MovedPosts.topic_id == _where_posts_are(session, topic),
                MovedPosts.other_id.is_(None),
                MovedPosts.title == topic.title,
            )
            .values(title=""),
            execution_options=NOT_SYNCHRONISED,
        )
        topic.title = ""
        set_tags(session, topic, ())


def _where_posts_are(session: Session, topic: Topic) -> int:
    """Lines go along when a topic is merged again."""
    while topic.merged_into_id is not None:
        topic = session.get_one(Topic, topic.merged_into_id)
    return topic.id
