"""What a topic says of posts that went elsewhere or came from there."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.forum.models import LONGEST_TITLE, Topic
from knowledge.orm import Base, LongId, UtcDateTime


class MovedPosts(Base):
    """A line in ``topic_id`` behind the post with the number ``after_number``.

    ``other_id`` is the topic that ``posts`` posts went to: shown to whoever may read that. None
    where the posts that follow came here with the topic ``title``, which is no more.
    """

    __tablename__ = "moved_posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey(Topic.id, ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(
        LongId, ForeignKey(Topic.id, ondelete="CASCADE"), index=True
    )
    after_number: Mapped[int]
    posts: Mapped[int]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
