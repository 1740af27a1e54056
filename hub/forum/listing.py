"""Lists of boards and topics, as one reader sees them. Columns, not entities: lists are long."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from hub.accounts.visitor import Visitor
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import keyset
from hub.forum.models import Board, Category, State, Topic, TopicTag
from hub.forum.rules import Seat
from hub.forum.seats import is_board_moderator, seat_for
from hub.groups.models import Group
from knowledge.access import GROUP, Reader

MOST_BOARDS = 40  # that the home of the forum shows; its list of all boards has the rest
LATEST = 10  # topics of a board that are looked at for what is new


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

    board: Board
    category: str
    group: str
    seat: Seat
    level: Level


def boards(session: Session, who: Visitor, most: int | None = MOST_BOARDS) -> list[Row[Any]]:
    """The boards that the visitor may read, by category; of many, the first of each category.
    ``total`` is how many the category has for them. Archived ones only where all are asked for."""
    may_read = Board.audience.in_(sorted(who.reader.audiences))
    inside = Board.category_id
    order = (Board.archived_at.is_not(None), Board.ordinal, func.lower(Board.name), Board.id)
    level = Follow.level if who.person else null().label("level")
    ranked = (
        select(
            *(Board.id, Board.name, Board.purpose, Board.audience, Board.mark, Board.topics),
            *(Board.posts, Board.last_post_at, Board.archived_at, Board.category_id),
            Category.name.label("category"),
            Category.ordinal,
            level,
            func.row_number().over(partition_by=inside, order_by=order).label("place"),
            func.count().over(partition_by=inside).label("total"),
        )
        .join(Category, Category.id == Board.category_id)
        .where(may_read)
    )
    if who.person:
        ranked = ranked.outerjoin(Follow, _follows(who.person.id, Followed.BOARD, Board.id))
    if most is not None:
        ranked = ranked.where(Board.archived_at.is_(None))
    found = ranked.subquery()
    columns = found.c
    listed = select(found).order_by(
        columns.place, columns.ordinal, func.lower(columns.category), columns.category_id
    )
    rows = list(session.execute(listed.limit(most)))
    rows.sort(key=lambda row: (row.ordinal, row.category.lower(), row.category_id, row.place))
    return rows


def unread_in(session: Session, person_id: int, board_ids: Collection[int]) -> dict[int, int]:
    """How many of the latest topics of each board hold something that the person has not read;
    boards without any are left out."""
    if not board_ids:
        return {}
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
        .outerjoin(ReadPosition, _is_place_of(person_id, latest.c.id))
        .outerjoin(Follow, _follows(person_id, Followed.TOPIC, latest.c.id))
        .where(_has_unread(latest.c.last_number))
        .correlate(Board)
        .scalar_subquery()
    )
    found = session.execute(select(Board.id, counted).where(Board.id.in_(board_ids)))
    return {board_id: count for board_id, count in found if count}


def board(session: Session, who: Visitor, board_id: int) -> OpenBoard | None:
    """None where there is none, or none for this visitor."""
    person_id = who.person.id if who.person else 0
    asked = (
        select(
            Board,
            Category.name,
            group_label(who),
            is_board_moderator(person_id) if person_id else literal(False),
            Follow.level if person_id else literal(""),
        )
        .join(Category, Category.id == Board.category_id)
        .where(Board.id == board_id, Board.audience.in_(sorted(who.reader.audiences)))
    )
    if person_id:
        asked = asked.outerjoin(Follow, _follows(person_id, Followed.BOARD, Board.id))
    found = session.execute(asked).one_or_none()
    if found is None:
        return None
    room, category, group, moderates, level = found
    seat = seat_for(who, room, moderates=bool(moderates))
    return OpenBoard(room, category, group or "", seat, Level(level or Level.NORMAL))


def topics(
    session: Session,
    who: Visitor,
    page: keyset.Page,
    filters: Filters,
    board_id: int | None = None,
) -> keyset.Listed:
    """One page of the topics that the visitor may read, in one board or in all."""
    person_id = who.person.id if who.person else 0
    asked = _readable_topics(who.reader, board_id)
    if person_id:
        asked = (
            asked.add_columns(ReadPosition.number.label("read"), Follow.level.label("level"))
            .outerjoin(ReadPosition, _is_place_of(person_id, Topic.id))
            .outerjoin(Follow, _follows(person_id, Followed.TOPIC, Topic.id))
        )
    else:
        asked = asked.add_columns(null().label("read"), null().label("level"))
    for condition in _narrowing(filters, person_id):
        asked = asked.where(condition)
    asked = keyset.paged(asked, page, pinned_first=board_id is not None)
    return keyset.listed(list(session.execute(asked)), page)


def _readable_topics(reader: Reader, board_id: int | None) -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Topic.id, Topic.title, Topic.language, Topic.is_pinned, Topic.locked_at, Topic.mark),
        *(Topic.accepted_post_id, Topic.posts, Topic.last_number, Topic.author_id),
        *(Topic.last_author_id, Topic.tags, Topic.created_at, Topic.bumped_at, Topic.board_id),
    )
    is_there = and_(Topic.state == State.VISIBLE, Topic.merged_into_id.is_(None))
    if board_id is not None:
        return select(*columns).where(Topic.board_id == board_id, is_there)
    return (
        select(*columns, Board.name.label("board"))
        .join(Board, Board.id == Topic.board_id)
        .where(Board.audience.in_(sorted(reader.audiences)), is_there)
    )


def _narrowing(filters: Filters, person_id: int) -> Iterable[ColumnElement[bool]]:
    if filters.tag:
        tagged = select(TopicTag.topic_id).where(TopicTag.tag == filters.tag)
        yield Topic.id.in_(tagged)
    if filters.show is Show.UNANSWERED:
        yield Topic.posts <= 1
    elif filters.show is Show.ANSWERED:
        yield Topic.accepted_post_id.is_not(None)
    elif filters.show is Show.UNREAD and person_id:
        yield _has_unread(Topic.last_number)


def group_label(who: Visitor) -> ColumnElement[Any]:
    """The name of the group that a board is for, as a column beside it. Only the visitor's own."""
    if not who.standing.groups:
        return literal("")
    is_it = literal(GROUP).concat(cast(Group.id, String)) == Board.audience
    named = select(Group.name).where(Group.id.in_(sorted(who.standing.groups)), is_it)
    return named.correlate(Board).scalar_subquery()


def _has_unread(last_number: Any) -> ColumnElement[bool]:
    is_followed = or_(Follow.level.is_(None), Follow.level != Level.MUTE)
    return and_(last_number > func.coalesce(ReadPosition.number, 0), is_followed)


def _is_place_of(person_id: int, topic_id: Any) -> ColumnElement[bool]:
    return and_(ReadPosition.person_id == person_id, ReadPosition.topic_id == topic_id)


def _follows(person_id: int, kind: Followed, target: Any) -> ColumnElement[bool]:
    return and_(
        Follow.person_id == person_id, Follow.kind == kind, Follow.target == cast(target, String)
    )
