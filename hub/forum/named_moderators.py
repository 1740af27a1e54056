"""Who moderates one board: named and let go by administrators. They flush."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.audit import log
from hub.forum.models import Board, BoardModerator
from hub.forum.operations import Refused, take_board
from hub.forum.readership import belongs_to
from hub.people_pages.queries import person_with_page


class UnknownPerson(Refused):
    """Nobody has exactly this name."""


class CannotRead(Refused):
    """The board is not for this person."""


def of_board(session: Session, board_id: int) -> Sequence[int]:
    """In the order in which they were named."""
    named = select(BoardModerator.person_id).where(BoardModerator.board_id == board_id)
    return session.scalars(named.order_by(BoardModerator.id)).all()


def name_moderator(
    session: Session, board_id: int, pseudonym: str, actor_id: int, now: datetime
) -> None:
    """Does nothing where they are one already. Raises: Closed where the board is archived or gone,
    UnknownPerson, CannotRead."""
    board = take_board(session, board_id)
    person = person_with_page(session, pseudonym)
    if person is None:
        raise UnknownPerson
    if not _may_read(session, person.id, board, now):
        raise CannotRead
    if person.id in of_board(session, board_id):
        return
    session.add(
        BoardModerator(board_id=board_id, person_id=person.id, added_by=actor_id, added_at=now)
    )
    session.flush()
    after = {"person": person.id}
    log.note(session, "board.moderator_named", actor_id, now, ("board", board_id), after=after)


def let_go(session: Session, board_id: int, person_id: int, actor_id: int, now: datetime) -> bool:
    """False where they are none."""
    gone = session.scalar(
        delete(BoardModerator)
        .where(BoardModerator.board_id == board_id, BoardModerator.person_id == person_id)
        .returning(BoardModerator.id),
        execution_options={"synchronize_session": False},
    )
    if gone is None:
        return False
    before = {"person": person_id}
    log.note(session, "board.moderator_let_go", actor_id, now, ("board", board_id), before=before)
    return True


def _may_read(session: Session, person_id: int, board: Board, now: datetime) -> bool:
    asked = select(Person.id).where(Person.id == person_id, belongs_to(board.audience, now))
    return session.scalar(asked) is not None
