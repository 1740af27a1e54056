"""Lists of boards and topics, as one reader sees them. Columns, not entities: lists are long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, literal, null, select
from sqlalchemy.orm import Session

from hub.accounts.visitor import Visitor
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import keyset
from hub.forum.entries import BoardFacts
from hub.forum.models import Board, Category, State, Topic, TopicTag
from hub.forum.readable import (
    PERSON,
    follows,
    group_label,
    has_unread,
    is_place_of,
    is_readable,
    latest_number,
    values_of,
)
from hub.forum.rules import Seat
from hub.forum.seats import is_board_moderator, seat_for
from knowledge.among import among
from knowledge.orm import rows

MOST_BOARDS = 20  # that the home of the forum shows; its list of all boards has the rest
LATEST = 5  # topics of a board that are looked at for what is new


class Show(StrEnum):
    """What a list of topics is narrowed to."""

    ALL = ""
    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Filters:
    show: Show = Show.ALL
    tag: str = ""

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        values = {"show": str(self.show), "tag": self.tag}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class OpenBoard:
    """A board that somebody reads, and their seat in it. ``group`` is the name of the group that it
    is for."""

    board: BoardFacts
    category: str
    group: str
    seat: Seat
    level: Level


def boards(session: Session, who: Visitor, most: int | None = MOST_BOARDS) -> list[Row[Any]]:
    """The boards that the visitor may read, by category; of many, the first of each category.
    ``total`` is how many the category has for them. Archived ones only where all are asked for."""
    return list(rows(session, _boards(who.is_signed_in, most), values_of(who)))


@cache
def _boards(is_signed_in: bool, most: int | None) -> Select[Any]:
    """Statements are made once: making one takes longer than it takes to run. First all that can be
    read are put in order, by little; then those that are shown are looked up."""
    order: tuple[Any, ...] = (Board.ordinal, func.lower(Board.name), Board.id)
    listed: tuple[Any, ...] = (is_readable(), Board.archived_at.is_(None))
    if most is None:
        order, listed = (Board.archived_at.is_not(None), *order), listed[:1]
    place = func.row_number().over(partition_by=Board.category_id, order_by=order)
    by = select(Board.id, Board.category_id, place.label("place")).where(*listed).subquery().c
    counted = (
        select(Board.category_id, func.count().label("total"))
        .where(*listed)
        .group_by(Board.category_id)
    ).subquery()
    category = (Category.ordinal, func.lower(Category.name), Category.id)
    first = (
        select(by.id, by.place)
        .join(Category, Category.id == by.category_id)
        .order_by(by.place, *category)
        .limit(most)
    ).subquery()
    columns: tuple[Any, ...] = (
        *(Board.id, Board.name, Board.purpose, Board.audience, Board.mark),
        Board.archived_at.is_not(None).label("is_archived"),
        *(Board.topics, Board.posts, Board.last_post_at, Board.category_id),
        *(Category.name.label("category"), counted.c.total),
        Follow.level if is_signed_in else null().label("level"),
    )
    asked: Select[Any] = (
        select(*columns)
        .select_from(first)
        .join(Board, Board.id == first.c.id)
        .join(Category, Category.id == Board.category_id)
        .join(counted, counted.c.category_id == Board.category_id)
        .order_by(*category, first.c.place)
    )
    if is_signed_in:
        asked = asked.outerjoin(Follow, follows(Followed.BOARD, Board.id))
    return asked


def unread_in(session: Session, person_id: int, board_ids: Sequence[int]) -> dict[int, int]:
    """How many of the latest topics of each board hold something that the person has not read;
    boards without any are left out."""
    if not board_ids:
        return {}
    found = rows(session, _unread(), {"person_id": person_id, "board_ids": board_ids})
    return {board_id: count for board_id, count in found if count}


@cache
def _unread() -> Select[Any]:
    latest = (
        select(Topic.id, Topic.last_number)
        .where(Topic.board_id == Board.id, Topic.state == State.VISIBLE)
        .where(Topic.merged_into_id.is_(None))
        .order_by(Topic.is_pinned.desc(), Topic.bumped_at.desc(), Topic.id.desc())
        .limit(LATEST)
        .correlate(Board)
        .subquery()
    )
    counted = (
        select(func.count())
        .select_from(latest)
        .outerjoin(ReadPosition, is_place_of(latest.c.id))
        .outerjoin(Follow, follows(Followed.TOPIC, latest.c.id))
        .where(has_unread(latest.c))
        .correlate(Board)
        .scalar_subquery()
    )
    return select(Board.id, counted).where(among(Board.id, "board_ids"))


def board(session: Session, who: Visitor, board_id: int) -> OpenBoard | None:
    """None where there is none, or none for this visitor."""
    asked = _board(who.is_signed_in, bool(who.standing.groups))
    found = rows(session, asked, {**values_of(who), "board_id": board_id})
    if not found:
        return None
    category, group, moderates, level, *facts = found[0]
    room = BoardFacts(*facts)
    seat = seat_for(who, room, moderates=bool(moderates))
    return OpenBoard(room, category, group or "", seat, Level(level or Level.NORMAL))


@cache
def _board(is_signed_in: bool, has_groups: bool) -> Select[Any]:
    asked: Select[Any] = (
        select(
            Category.name,
            group_label() if has_groups else literal(""),
            is_board_moderator(PERSON) if is_signed_in else literal(False),
            Follow.level if is_signed_in else literal(""),
            *(getattr(Board, name) for name in BoardFacts._fields),
        )
        .select_from(Board)
        .join(Category, Category.id == Board.category_id)
        .where(Board.id == bindparam("board_id"), is_readable())
    )
    if not is_signed_in:
        return asked
    return asked.outerjoin(Follow, follows(Followed.BOARD, Board.id))


def topics(
    session: Session,
    who: Visitor,
    page: keyset.Page,
    filters: Filters,
    board_id: int | None = None,
) -> keyset.Listed:
    """One page of the topics that the visitor may read, in one board or in all."""
    asked = _topics(
        who.is_signed_in, board_id is not None, filters.show, bool(filters.tag), page.way
    )
    values = {**values_of(who), **page.values(), "board_id": board_id, "tag": filters.tag}
    return keyset.listed(list(rows(session, asked, values)), page)


@cache
def _topics(
    is_signed_in: bool, is_of_board: bool, show: Show, has_tag: bool, way: keyset.Way
) -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Topic.id, Topic.title, Topic.language, Topic.is_pinned),
        Topic.locked_at.is_not(None).label("is_locked"),
        Topic.accepted_post_id.is_not(None).label("is_solved"),
        *(Topic.mark, Topic.tags, Topic.posts, Topic.author_id, Topic.last_author_id),
        *(Topic.bumped_at, Topic.board_id),
    )
    is_there = and_(Topic.state == State.VISIBLE, Topic.merged_into_id.is_(None))
    asked: Select[Any] = select(*columns).where(is_there)
    if is_of_board:
        asked = asked.add_columns(literal("").label("board"))
        asked = asked.where(Topic.board_id == bindparam("board_id"))
    else:
        asked = asked.add_columns(Board.name.label("board")).where(is_readable())
        asked = asked.join(Board, Board.id == Topic.board_id)
    if is_signed_in:
        asked = asked.add_columns(ReadPosition.number.label("read"), Follow.level.label("level"))
        asked = asked.add_columns(latest_number(Topic.id).label("last_number"))
        asked = asked.outerjoin(ReadPosition, is_place_of(Topic.id))
        asked = asked.outerjoin(Follow, follows(Followed.TOPIC, Topic.id))
    else:
        asked = asked.add_columns(null().label("read"), null().label("level"))
        asked = asked.add_columns(literal(0).label("last_number"))
    asked = asked.where(*_narrowing(show, has_tag, is_signed_in))
    return keyset.paged(asked, way, pinned_first=is_of_board)


def _narrowing(show: Show, has_tag: bool, is_signed_in: bool) -> Iterable[ColumnElement[bool]]:
    if has_tag:
        tagged = select(TopicTag.topic_id).where(TopicTag.tag == bindparam("tag"))
        yield Topic.id.in_(tagged)
    if show is Show.UNANSWERED:
        yield Topic.posts <= 1
    elif show is Show.ANSWERED:
        yield Topic.accepted_post_id.is_not(None)
    elif show is Show.UNREAD and is_signed_in:
        yield has_unread(Topic)
