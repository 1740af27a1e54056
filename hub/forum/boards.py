"""Every change to boards, as rooms. They flush; whoever calls them commits.

Each takes the rows of the category and of the board first: what two administrators do at once
happens one after the other. Rows of topics are taken before that of their board.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.audit import log
from hub.audit.rules import Value
from hub.forum import operations
from hub.forum.categories import flush_unless_taken, put_further, take_category
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Board, Topic
from hub.forum.operations import Closed, Refused
from knowledge.access import Mark, Reader, allows, group_of

# From no mark to the strictest.
MARKS = ("", *map(str, Mark))
MOST_TRIES = 10
NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class MarkRefused(Refused):
    """The sharing mark does not allow these readers."""


class TopicsRefuse(Refused):
    """A topic in the board has a mark that does not allow these readers."""


class NotReader(Refused):
    """What stands in the board is for a group: only who is in it may open it to others."""


class _Came(Exception):
    """While the board was waited for, a topic came into it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A board as it should be."""

    category_id: int
    name: str
    purpose: str
    audience: str
    writers: str
    mark: str
    holds_first_posts: bool


def create(session: Session, plan: Plan, actor_id: int, now: datetime) -> Board:
    """The last one of its category. Raises: Closed where the category is gone, MarkRefused,
    NameTaken; roll back then."""
    take_category(session, plan.category_id)
    if not allows(plan.mark, plan.audience):
        raise MarkRefused
    last = session.scalar(
        select(func.max(Board.ordinal)).where(Board.category_id == plan.category_id)
    )
    board = Board(ordinal=0 if last is None else last + 1, created_at=now, **_values(plan))
    session.add(board)
    flush_unless_taken(session)
    log.note(session, "board.created", actor_id, now, ("board", board.id), after=_state(board))
    return board


def change(
    session: Session, board_id: int, plan: Plan, reader: Reader, actor_id: int, now: datetime
) -> Board:
    """Who may read what stands in it changes at once, and who listens is told. Topics get the mark
    of the board where theirs is weaker.

    Raises: Closed where it is archived or gone, MarkRefused, TopicsRefuse, NotReader, NameTaken;
    roll back then.
    """
    take_category(session, plan.category_id)
    board = _take_with_topics(session, board_id, plan.mark)
    _refuse_audience(session, board, plan, reader)
    before, name, audience = _state(board), board.name, board.audience
    for field, value in _values(plan).items():
        setattr(board, field, value)
    flush_unless_taken(session)
    _raise_marks(session, board)
    if board.audience != audience:
        tell(session, Happening(Kind.BOARD, board, None, None, actor_id, now))
    after = {**_state(board), "renamed": board.name != name}
    log.note(
        session, "board.changed", actor_id, now, ("board", board_id), before=before, after=after
    )
    return board


def archive(session: Session, board_id: int, actor_id: int, now: datetime) -> bool:
    """From now on it is read, not written in. False where it is so already."""
    return _set_archived(session, board_id, now, "board.archived", actor_id, now)


def reopen(session: Session, board_id: int, actor_id: int, now: datetime) -> bool:
    """False where it is open already."""
    return _set_archived(session, board_id, None, "board.reopened", actor_id, now)


def archive_category(session: Session, category_id: int, actor_id: int, now: datetime) -> int:
    """Archives all its boards; how many were open. Takes them all before it notes of any: whoever
    notes waits for no board. Raises: Closed where it is gone."""
    take_category(session, category_id)
    are_open = select(Board.id).where(Board.category_id == category_id, Board.archived_at.is_(None))
    taken = are_open.order_by(Board.id).with_for_update(of=Board, key_share=True)
    ids = session.scalars(taken).all()
    return sum(archive(session, board_id, actor_id, now) for board_id in ids)


def move(session: Session, board_id: int, step: int, actor_id: int, now: datetime) -> None:
    """One place up (-1) or down (1) in its category; at the end it stays. Raises: Closed."""
    category_id = session.scalar(select(Board.category_id).where(Board.id == board_id))
    if category_id is None:
        raise Closed
    take_category(session, category_id)
    ordered = select(Board).where(Board.category_id == category_id)
    boards = session.scalars(ordered.order_by(Board.ordinal, func.lower(Board.name), Board.id))
    if put_further(list(boards), board_id, step):
        session.flush()
        log.note(session, "board.moved", actor_id, now, ("board", board_id), after={"step": step})


def _refuse_audience(session: Session, board: Board, plan: Plan, reader: Reader) -> None:
    if not allows(plan.mark, plan.audience):
        raise MarkRefused
    if plan.audience == board.audience:
        return
    topics = select(Topic.id).where(Topic.board_id == board.id)
    is_closed = group_of(board.audience) is not None and board.audience not in reader.audiences
    if is_closed and session.scalar(topics.limit(1)):
        raise NotReader
    refusing = [mark for mark in MARKS if not allows(mark, plan.audience)]
    if refusing and session.scalar(topics.where(Topic.mark.in_(refusing)).limit(1)):
        raise TopicsRefuse


def _take_with_topics(session: Session, board_id: int, mark: str) -> Board:
    """The board, after the topics whose mark would be raised. Raises: Closed."""
    for _ in range(MOST_TRIES):
        with suppress(_Came), session.begin_nested():
            return _take_once(session, board_id, mark)
    raise Closed


def _take_once(session: Session, board_id: int, mark: str) -> Board:
    """Raises: _Came, upon which all are let go: who holds a board waits for no topic."""
    weaker = select(Topic.id).where(Topic.board_id == board_id, Topic.mark.in_(_weaker(mark)))
    taken = session.scalars(
        weaker.order_by(Topic.id).with_for_update(of=Topic, key_share=True)
    ).all()
    board = operations.take_board(session, board_id)
    if not set(session.scalars(weaker)) <= set(taken):
        raise _Came
    return board


def _raise_marks(session: Session, board: Board) -> None:
    session.execute(
        update(Topic)
        .where(Topic.board_id == board.id, Topic.mark.in_(_weaker(board.mark)))
        .values(mark=board.mark),
        execution_options=NOT_SYNCHRONISED,
    )


def _weaker(mark: str) -> tuple[str, ...]:
    return MARKS[: MARKS.index(mark)]


def _set_archived(
    session: Session,
    board_id: int,
    archived_at: datetime | None,
    act: str,
    actor_id: int,
    now: datetime,
) -> bool:
    is_other = Board.archived_at.is_(None) if archived_at else Board.archived_at.is_not(None)
    changed = session.scalar(
        update(Board)
        .where(Board.id == board_id, is_other)
        .values(archived_at=archived_at)
        .returning(Board.id),
        execution_options=NOT_SYNCHRONISED,
    )
    if changed is None:
        return False
    log.note(session, act, actor_id, now, ("board", board_id))
    return True


def _values(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in Plan.__dataclass_fields__}


def _state(board: Board) -> dict[str, Value]:
    """For the log: no names, no texts."""
    return {
        "audience": board.audience,
        "writers": board.writers,
        "mark": board.mark,
        "holds_first_posts": board.holds_first_posts,
        "category": board.category_id,
    }
