"""The tables of the forum: categories, boards, topics, posts and what they were before.

A board has one audience (``knowledge.access``): who may read it. Everything in it is read by the
same people, and by nobody else.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.access import MEMBERS
from knowledge.orm import Base, LongId, UtcDateTime, unguessable_id, unguessable_long_id

LONGEST_NAME = 80
LONGEST_PURPOSE = 500
LONGEST_TITLE = 200
LONGEST_POST = 32_000
LONGEST_TAG = 40
MOST_TAGS = 5


class State(StrEnum):
    """Of a topic or a post. ``HELD`` waits for a moderator: its author and moderators see it.
    ``HIDDEN`` was taken from view by a moderator, who still sees it. ``DELETED`` was taken back by
    its author, or removed with the account."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"
    DELETED = "deleted"


class Category(Base):
    """A heading over some boards. Readers see it where they may read one of its boards."""

    __tablename__ = "forum_category"

    id: Mapped[int] = mapped_column(primary_key=True, default=unguessable_id)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    ordinal: Mapped[int] = mapped_column(default=0)

    boards: Mapped[list["Board"]] = relationship(back_populates="category")


class Board(Base):
    """A room of the forum. ``audience`` says who reads it, ``writers`` (an audience too) who of
    these may write; ``mark`` is the sharing mark of all that stands in it. ``topics`` and ``posts``
    count those that are visible. An archived board is read, not written in."""

    __tablename__ = "board"
    __table_args__ = (
        UniqueConstraint("category_id", "name"),
        # All that a list of boards is put in order by.
        Index("ix_board_listed", "audience", "archived_at", "category_id", "ordinal", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=unguessable_id)
    category_id: Mapped[int] = mapped_column(ForeignKey("forum_category.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    purpose: Mapped[str] = mapped_column(Text, default="")
    ordinal: Mapped[int] = mapped_column(default=0)
    audience: Mapped[str] = mapped_column(String(60), default=MEMBERS)
    writers: Mapped[str] = mapped_column(String(60), default=MEMBERS)
    mark: Mapped[str] = mapped_column(String(10), default="")
    holds_first_posts: Mapped[bool] = mapped_column(default=False)
    topics: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    category: Mapped[Category] = relationship(back_populates="boards")


class BoardModerator(Base):
    """Somebody who moderates one board, as long as they may read it."""

    __tablename__ = "board_moderator"
    __table_args__ = (UniqueConstraint("board_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Topic(Base):
    """A conversation in a board.

    ``last_number`` is the highest number that a post of it was given, ``posts`` counts the visible
    ones. ``bumped_at`` is when the latest visible post came. ``mark`` is the strictest mark of the
    boards that it has stood in: it may only stand where that mark allows. A topic that was merged
    into another is ``DELETED`` and leads there. ``has_moved_posts``: it has lines about posts that
    went elsewhere or came from there (``hub.arranging``).
    """

    __tablename__ = "topic"
    __table_args__ = (
        Index("ix_topic_board", "board_id", "state", "is_pinned", "bumped_at", "id"),
        Index("ix_topic_newest", "state", "bumped_at", "id"),
    )

    id: Mapped[int] = mapped_column(LongId, primary_key=True, default=unguessable_long_id)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    language: Mapped[str] = mapped_column(String(12), default="")
    state: Mapped[State] = mapped_column(String(10), default=State.VISIBLE)
    mark: Mapped[str] = mapped_column(String(10), default="")
    is_pinned: Mapped[bool] = mapped_column(default=False)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_post_id: Mapped[int | None] = mapped_column(LongId)
    merged_into_id: Mapped[int | None] = mapped_column(LongId, index=True)
    has_moved_posts: Mapped[bool] = mapped_column(default=False)
    posts: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    last_author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bumped_at: Mapped[datetime] = mapped_column(UtcDateTime)

    board: Mapped[Board] = relationship()


class Post(Base):
    """One contribution. ``text`` is what was typed, ``html`` what ``hub.markup`` made of it.

    ``number`` is its place in the topic, from 1. ``revision`` counts its states from 1; an edit
    names the one that it started from. ``submission`` is the key of the form that it came by, so
    that sending a form twice gives one post. ``reactions`` is {kind: count}.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("topic_id", "number"),
        UniqueConstraint("author_id", "submission"),
        Index("ix_post_author", "author_id", "created_at"),
        Index("ix_post_latest", "topic_id", "state", "number"),
    )

    id: Mapped[int] = mapped_column(LongId, primary_key=True, default=unguessable_long_id)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reply_to_id: Mapped[int | None] = mapped_column(LongId)
    text: Mapped[str] = mapped_column(Text, deferred=True)
    html: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12), default="")
    state: Mapped[State] = mapped_column(String(10), default=State.VISIBLE)
    is_wiki: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    submission: Mapped[str] = mapped_column(String(40))
    reactions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    topic: Mapped[Topic] = relationship()


class PostRevision(Base):
    """What a post was before an edit. ``editor_id`` made this state, at ``made_at``."""

    __tablename__ = "post_revision"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TopicTag(Base):
    """A word that a topic is filed under. Tags have no table of their own: what tags exist is what
    readable topics carry, so that a tag tells nobody of a topic that they may not see."""

    __tablename__ = "topic_tag"
    __table_args__ = (UniqueConstraint("topic_id", "tag"),)

    id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), index=True)
