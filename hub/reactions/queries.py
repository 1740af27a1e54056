"""Every read of reactions and bookmarks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.forum.models import Board, Post, State, Topic
from hub.reactions.models import Bookmark
from knowledge.access import Reader

PAGE_SIZE = 50


def bookmarks(
    session: Session, reader: Reader, person_id: int, before: int = 0
) -> tuple[Sequence[Row[Any]], int]:
    """A page of what somebody keeps and may still read, the latest first: rows (Bookmark, number,
    html, title, board, author_id). ``before`` is the id that the page begins after; the second
    value is that of the next page, 0 for none."""
    kept: Any = (
        select(
            Bookmark,
            Post.id.label("post_id"),
            Post.number,
            Post.html,
            Post.author_id,
            Person.pseudonym,
            Topic.title,
            Board.name.label("board"),
        )
        .join(Post, Post.id == Bookmark.post_id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .join(Person, Person.id == Post.author_id)
        .where(Bookmark.person_id == person_id, Board.audience.in_(sorted(reader.audiences)))
        .where(Topic.state == State.VISIBLE, Post.state == State.VISIBLE)
        .order_by(Bookmark.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    rows = session.execute(kept.where(Bookmark.id < before) if before else kept).all()
    page = rows[:PAGE_SIZE]
    return page, page[-1].Bookmark.id if len(rows) > PAGE_SIZE else 0


def bookmark_on(session: Session, person_id: int, post_id: int) -> Bookmark | None:
    kept = select(Bookmark).where(Bookmark.person_id == person_id, Bookmark.post_id == post_id)
    return session.scalar(kept)
