"""Takes a visitor to their seat in a board."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.accounts.visitor import Visitor
from hub.forum.models import Board, BoardModerator
from hub.forum.rules import Seat, is_writer

MODERATING = (Role.MODERATOR, Role.ADMINISTRATOR)


def is_board_moderator(person_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """A column to be read beside a board."""
    return exists().where(
        BoardModerator.board_id == Board.id, BoardModerator.person_id == person_id
    )


def seat_of(session: Session, who: Visitor, board: Board) -> Seat:
    """The seat in a board that the visitor may read; asks whether they moderate it."""
    if who.person is None:
        return Seat()
    moderates = who.may(*MODERATING) or bool(
        session.scalar(
            select(
                exists().where(
                    BoardModerator.board_id == board.id, BoardModerator.person_id == who.person.id
                )
            )
        )
    )
    return seat_for(who, board, moderates=moderates)


def seat_for(who: Visitor, board: Board, *, moderates: bool) -> Seat:
    """The same where it is known already whether they are named as its moderator."""
    if who.person is None:
        return Seat()
    return Seat(
        person_id=who.person.id,
        is_moderator=moderates or who.may(*MODERATING),
        may_write=is_writer(who.reader, board) and not who.is_silenced,
    )
