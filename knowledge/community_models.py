"""The tables of what people wrote for each other, as the search sees it. The forum is the truth;
this is made from it, in the transaction of each change (``hub.community``)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.orm import Base, LongId, UtcDateTime


class Progress(StrEnum):
    """``WAITING`` for the worker → ``EMBEDDED``: passages and vectors are stored, the index does
    not say yet what the database says → ``READY``. ``WORDS``: found by its words only, because it
    came with many others, or because it cannot be split."""

    WAITING = "waiting"
    EMBEDDED = "embedded"
    READY = "ready"
    WORDS = "words"


class Contribution(Base):
    """A post in plain words. ``id`` rises in the order in which they came and is never used again.

    ``title`` is the topic's, on its first post, and "" on the others. ``tags`` are those of the
    topic, as ``knowledge.contributions.tag_mark`` writes them. ``revision`` counts the changes, so
    that the worker notices one that was made meanwhile. What is withdrawn is not found.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("post_id"),
        Index(
            "ix_contribution_unfinished",
            "progress",
            "id",
            sqlite_where=text("progress IN ('waiting', 'embedded')"),
            postgresql_where=text("progress IN ('waiting', 'embedded')"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=True)
    post_id: Mapped[int] = mapped_column(LongId)
    topic_id: Mapped[int] = mapped_column(LongId, index=True)
    board_id: Mapped[int]
    author_id: Mapped[int]
    is_first: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    progress: Mapped[Progress] = mapped_column(String(10), default=Progress.WAITING)
    revision: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ContributionPassage(Base):
    """A stretch of a contribution's text that is searched. ``text_hash`` names the text that is
    embedded, and so its vector in ``embedding``. Ids are never used twice: the index refers to
    them."""

    __tablename__ = "contribution_passage"
    __table_args__ = (
        UniqueConstraint("contribution_id", "ordinal"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    language: Mapped[str] = mapped_column(String(12), default="")
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
