"""How far somebody has read, and what they follow."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.forum.models import Topic
from knowledge.orm import Base, LongId, UtcDateTime


class Level(StrEnum):
    """``WATCH``: told of every new post. ``NORMAL``: of answers and mentions. ``MUTE``: of
    nothing, and it is left out of lists of what is new."""

    WATCH = "watch"
    NORMAL = "normal"
    MUTE = "mute"


class Followed(StrEnum):
    BOARD = "board"
    TOPIC = "topic"
    TAG = "tag"


class ReadPosition(Base):
    """The number of the last post of a topic that a person has read."""

    __tablename__ = "read_position"
    __table_args__ = (UniqueConstraint("person_id", "topic_id"),)

    id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey(Topic.id, ondelete="CASCADE"), index=True)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Follow(Base):
    """``target`` is the id of a board or a topic, or a tag. ``is_chosen``: the person said so; else
    it was noted because they wrote in the topic, and what they chose for the board or a tag counts
    more."""

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "target"),
        Index("ix_follow_target", "kind", "target", "level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[Followed] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(String(40))
    level: Mapped[Level] = mapped_column(String(10))
    is_chosen: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
