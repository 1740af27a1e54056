"""What people are told, in the page and by mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.forum.models import Post, Topic
from knowledge.orm import Base, LongId, UtcDateTime


class About(StrEnum):
    """Why somebody is told. The last ones name no post: ``subject_id`` is the number of a decision
    or a case (``hub.moderation``)."""

    MENTION = "mention"
    REPLY = "reply"
    QUOTE = "quote"
    WATCHED = "watched"
    ACCEPTED = "accepted"
    REACTION = "reaction"
    APPROVED = "approved"
    DECISION = "decision"
    OUTCOME = "outcome"
    CASE = "case"
    ANSWER = "answer"


class Rhythm(StrEnum):
    """How often mail brings what is new."""

    AT_ONCE = "at once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Notification(Base):
    """Told once for each reason and subject. What it is about is read when it is shown: whoever may
    not see that any more is told nothing of it.

    ``post_key`` is ``post_id``, or 0: in a unique constraint no two NULLs are alike. ``mailed_at``
    is when a mail about it was queued."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("person_id", "about", "post_key", "subject_id"),
        Index("ix_notification_unread", "person_id", "read_at", "id"),
        Index("ix_notification_mailed", "mailed_at", "person_id"),
    )

    id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    about: Mapped[About] = mapped_column(String(12))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    topic_id: Mapped[int | None] = mapped_column(
        ForeignKey(Topic.id, ondelete="CASCADE"), index=True
    )
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    post_key: Mapped[int] = mapped_column(LongId, default=0)
    subject_id: Mapped[int] = mapped_column(LongId, default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NotificationChoice(Base):
    """How a person wants to be told; whoever has no row gets the defaults. ``next_digest_at`` is
    when the next daily or weekly mail is due."""

    __tablename__ = "notification_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    rhythm: Mapped[Rhythm] = mapped_column(String(10), default=Rhythm.DAILY)
    reactions: Mapped[bool] = mapped_column(default=True)
    next_digest_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
