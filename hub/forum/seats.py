"""Takes a visitor to their seat in a board."""

from flask import current_app
from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.accounts.visitor import Visitor
from hub.forum.models import Board, BoardModerator
from hub.forum.rules import AnyBoard, Seat, is_writer

MODERATING = (Role.MODERATOR, Role.ADMINISTRATOR)


def is_board_moderator(person_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """A column to be read beside a board."""
    return exists().where(
        BoardModerator.board_id == Board.id, BoardModerator.person_id == person_id
    )


def counts_as_named(who: Visitor) -> bool:
    """Whether being named as the moderator of a board is in effect for this visit: like a role, not
    without a second factor where staff must have one; and not for who is silenced or suspended."""
    is_compulsory = bool({"staff", "everyone"} & set(current_app.config["SECOND_FACTOR_FOR"]))
    return not who.is_silenced and (who.is_strong or not is_compulsory)


def is_named(who: Visitor) -> ColumnElement[bool]:
    """The same in a query: those boards as whose moderator the visitor acts, by name."""
    if not who.is_signed_in or not counts_as_named(who):
        return false()
    return is_board_moderator(who.person_id)


def seat_of(session: Session, who: Visitor, board: Board) -> Seat:
    """The seat in a board that the visitor may read; asks whether they moderate it."""
    if not who.is_signed_in:
        return Seat()
    moderates = counts_as_named(who) and bool(
        session.scalar(
            select(
                exists().where(
                    BoardModerator.board_id == board.id, BoardModerator.person_id == who.person_id
                )
            )
        )
    )
    return seat_for(who, board, moderates=moderates)


def seat_for(who: Visitor, board: AnyBoard, *, moderates: bool) -> Seat:
    """The same where it is known already whether they are named as its moderator."""
    if not who.is_signed_in:
        return Seat()
    return Seat(
        person_id=who.person_id,
        board_id=board.id,
        is_moderator=_moderates(who, moderates),
        may_write=is_writer(who.reader, board) and not who.is_silenced,
    )


def _moderates(who: Visitor, has_name: bool) -> bool:
    has_role = who.may(*MODERATING) and not who.is_silenced
    return has_role or (has_name and counts_as_named(who))
