"""Every read for arranging that spans several rows."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.accounts.models import Person
from hub.accounts.visitor import Visitor
from hub.arranging.models import MovedPosts
from hub.arranging.rules import can_go_to
from hub.forum.models import Board, Category, Post, State, Topic
from hub.forum.seats import is_board_moderator, seat_for
from knowledge.access import Reader

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class MovedNote:
    """A line behind the post with ``after_number``: ``posts`` posts went to the topic ``topic_id``
    or, where that is None, came from one that is no more. ``title`` is that of the other topic."""

    after_number: int
    posts: int
    topic_id: int | None
    title: str


def moved_notes(session: Session, reader: Reader, topic_id: int) -> list[MovedNote]:
    """Those that this reader may see, by number; to be asked where ``has_moved_posts`` says so."""
    other = aliased(Topic)
    may_see = Board.audience.in_(sorted(reader.audiences)) & (other.state == State.VISIBLE)
    asked = (
        select(
            *(MovedPosts.after_number, MovedPosts.posts, MovedPosts.other_id),
            func.coalesce(other.title, MovedPosts.title),
        )
        .outerjoin(other, other.id == MovedPosts.other_id)
        .outerjoin(Board, Board.id == other.board_id)
        .where(MovedPosts.topic_id == topic_id, or_(MovedPosts.other_id.is_(None), may_see))
        .order_by(MovedPosts.after_number, MovedPosts.id)
    )
    return [MovedNote(*row) for row in session.execute(asked)]


def behind_posts(notes: Sequence[MovedNote], numbers: Sequence[int]) -> dict[int, list[MovedNote]]:
    """The lines of a page with these posts, by the number of the post behind which they stand."""
    placed: dict[int, list[MovedNote]] = {}
    for note in notes:
        at = bisect_right(numbers, note.after_number) - 1
        if at >= 0:
            placed.setdefault(numbers[at], []).append(note)
    return placed


def boards_for(session: Session, who: Visitor, mark: str) -> list[tuple[Board, str]]:
    """Boards into which the visitor may bring what has this mark, each with its category."""
    me = who.person_id
    asked = (
        select(Board, Category.name, is_board_moderator(me))
        .join(Category, Category.id == Board.category_id)
        .where(Board.audience.in_(sorted(who.reader.audiences)), Board.archived_at.is_(None))
        .order_by(Category.ordinal, Category.name, Board.ordinal, Board.name)
    )
    return [
        (board, category)
        for board, category, moderates in session.execute(asked)
        if can_go_to(mark, seat_for(who, board, moderates=bool(moderates)), board)
    ]


def posts_to_choose(session: Session, topic_id: int, after: int) -> tuple[Sequence[Row[Any]], int]:
    """A page of posts behind that number, with the names of their authors, and the number that the
    next page begins behind, 0 for none."""
    asked: Any = (
        select(Post.id, Post.number, Post.html, Post.state, Post.created_at, Person.pseudonym)
        .join(Person, Person.id == Post.author_id)
        .where(Post.topic_id == topic_id, Post.number > max(after, 1))
        .order_by(Post.number)
        .limit(PAGE_SIZE + 1)
    )
    rows = session.execute(asked).all()
    page = rows[:PAGE_SIZE]
    return page, page[-1].number if len(rows) > PAGE_SIZE else 0


def behind(session: Session, topic_id: int, number: int, most: int) -> list[int]:
    """The ids of the posts from this number on; one more than ``most`` where there are more."""
    asked = select(Post.id).where(Post.topic_id == topic_id, Post.number >= number)
    return list(session.scalars(asked.order_by(Post.number).limit(most + 1)))
