"""Polls in posts. Who voted for what is shown to nobody; the counts are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.forum.models import Post
from knowledge.orm import Base, UtcDateTime, unguessable_id

LONGEST_QUESTION = 200
LONGEST_OPTION = 120
MOST_OPTIONS = 12


class Results(StrEnum):
    """When the counts are shown."""

    ALWAYS = "always"
    AFTER_VOTE = "after vote"
    AFTER_CLOSE = "after close"


class Poll(Base):
    """``most_choices``: how many options one person may choose."""

    __tablename__ = "poll"

    id: Mapped[int] = mapped_column(primary_key=True, default=unguessable_id)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), unique=True)
    question: Mapped[str] = mapped_column(String(LONGEST_QUESTION))
    most_choices: Mapped[int] = mapped_column(default=1)
    results: Mapped[Results] = mapped_column(String(12), default=Results.ALWAYS)
    voters: Mapped[int] = mapped_column(default=0)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    options: Mapped[list["PollOption"]] = relationship(
        cascade="all, delete-orphan", order_by="PollOption.ordinal"
    )


class PollOption(Base):
    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("poll_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(String(LONGEST_OPTION))
    votes: Mapped[int] = mapped_column(default=0)


class PollVote(Base):
    __tablename__ = "poll_vote"
    __table_args__ = (UniqueConstraint("poll_id", "person_id", "option_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    option_id: Mapped[int] = mapped_column(ForeignKey("poll_option.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
