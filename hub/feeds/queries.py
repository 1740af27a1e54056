"""Every read of feeds: whose key it is, and what stands in a feed.

Whatever is marked TLP:AMBER or TLP:RED never does. Of what is marked TLP:GREEN only that there is
something does, and where: a feed reader is a program of somebody else's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.orm import Session, aliased

from hub.accounts.models import Person
from hub.accounts.standing import standing_of
from hub.feeds.models import FeedKey
from hub.feeds.operations import LONGEST_KEY, digest
from hub.forum.models import Board, Post, State, Topic, TopicTag
from hub.second_factor.rules import has_second_factor
from knowledge.access import Mark, Reader

MOST = 30
MARKS = ("", Mark.CLEAR, Mark.GREEN)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who reads by a key."""

    key: FeedKey
    reader: Reader
    language: str


def subscriber(session: Session, key: str, now: datetime) -> Subscriber | None:
    """Whose key it is and what they may read by it; None where it gives nothing.

    A key that was made with a second factor counts as one, for as long as its owner has a second
    factor. Whoever is disabled or suspended has none.
    """
    if len(key) > LONGEST_KEY:
        return None
    found = session.execute(
        select(FeedKey, Person)
        .join(Person, Person.id == FeedKey.person_id)
        .where(FeedKey.key_hash == digest(key))
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    feed_key, person = found
    held = standing_of(session, person.id, now)
    if held.is_suspended:
        return None
    is_strong = feed_key.is_strong and has_second_factor(person)
    standing = held.in_effect(is_strong, current_app.config["SECOND_FACTOR_FOR"])
    return Subscriber(feed_key, standing.reader(), person.language)


def keys_of(session: Session, person_id: int) -> Sequence[FeedKey]:
    mine = select(FeedKey).where(FeedKey.person_id == person_id)
    return session.scalars(mine.order_by(FeedKey.id.desc())).all()


def board_of(session: Session, reader: Reader, board_id: int) -> Any:
    """Id and name of a board that may stand in a feed, else None."""
    return session.execute(
        select(Board.id, Board.name).where(Board.id == board_id, _is_for(reader))
    ).one_or_none()


def topic_of(session: Session, reader: Reader, topic_id: int) -> Any:
    """Id and title of a topic that may stand in a feed, else None; of one that was merged, those of
    the one that it was merged into."""
    for _ in range(10):  # merged and merged again
        into = session.scalar(select(Topic.merged_into_id).where(Topic.id == topic_id))
        if into is None:
            break
        topic_id = into
    found = select(Topic.id, Topic.title).join(Board, Board.id == Topic.board_id)
    return session.execute(found.where(Topic.id == topic_id, _is_readable(reader))).one_or_none()


def has_tag(session: Session, reader: Reader, tag: str) -> bool:
    return session.execute(_tagged(reader, tag).limit(1)).first() is not None


def latest(session: Session, reader: Reader) -> Sequence[Row[Any]]:
    """Topics, those first in which somebody wrote last, each with its first post."""
    return session.execute(_topics(reader)).all()


def of_board(session: Session, reader: Reader, board_id: int) -> Sequence[Row[Any]]:
    return session.execute(_topics(reader).where(Topic.board_id == board_id)).all()


def of_tag(session: Session, reader: Reader, tag: str) -> Sequence[Row[Any]]:
    return session.execute(_topics(reader).where(Topic.id.in_(_tagged(reader, tag)))).all()


def of_topic(session: Session, reader: Reader, topic_id: int) -> Sequence[Row[Any]]:
    """The latest posts of a topic."""
    updated_at = Post.edited_at
    found = (
        _entries(updated_at)
        .select_from(Post)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .where(Post.topic_id == topic_id, Post.state == State.VISIBLE, _is_readable(reader))
        .order_by(Post.number.desc())
    )
    return session.execute(found.limit(MOST)).all()


def _topics(reader: Reader) -> Select[Any]:
    return (
        _entries(Topic.bumped_at)
        .select_from(Topic)
        .join(Board, Board.id == Topic.board_id)
        .join(Post, and_(Post.topic_id == Topic.id, Post.number == 1))
        .where(_is_readable(reader), Post.state == State.VISIBLE)
        .order_by(Topic.bumped_at.desc(), Topic.id.desc())
        .limit(MOST)
    )


def _tagged(reader: Reader, tag: str) -> Select[Any]:
    """The ids of the readable topics with a tag."""
    topic, board = aliased(Topic), aliased(Board)
    return (
        select(TopicTag.topic_id)
        .join(topic, topic.id == TopicTag.topic_id)
        .join(board, board.id == topic.board_id)
        .where(TopicTag.tag == tag, topic.state == State.VISIBLE, topic.mark.in_(MARKS))
        .where(board.audience.in_(sorted(reader.audiences)), board.mark.in_(MARKS))
    )


def _entries(updated_at: Any) -> Select[Any]:
    return select(
        *(Post.id, Post.number, Post.html, Post.author_id, Post.created_at),
        *(Topic.id.label("topic_id"), Topic.title, Topic.mark.label("topic_mark"), Board.mark),
        updated_at.label("updated_at"),
    )


def _is_readable(reader: Reader) -> ColumnElement[bool]:
    return and_(Topic.state == State.VISIBLE, Topic.mark.in_(MARKS), _is_for(reader))


def _is_for(reader: Reader) -> ColumnElement[bool]:
    return and_(Board.audience.in_(sorted(reader.audiences)), Board.mark.in_(MARKS))
