"""How long what people were told is kept, and for whom: chores of the worker
(``hub.mail.worker.HOURLY``)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.forum.models import Board, Post, Topic
from hub.forum.readership import belongs_to
from hub.mail.worker import go_on
from hub.notifications.hearing import EVERYBODY
from hub.notifications.models import Notification
from hub.notifications.operations import held, withdraw

KEPT = timedelta(days=180)
MOST_AT_ONCE = 1_000
NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def forget_read(session: Session, now: datetime) -> int:
    """Removes some of what was read or withdrawn long ago, and says how much; asks to go on where
    there may be more. What nobody has read yet stays. It flushes."""
    long_ago = Notification.read_at < now - KEPT
    gone = session.scalars(
        delete(Notification)
        .where(Notification.id.in_(held(long_ago, waits=False, most=MOST_AT_ONCE)))
        .returning(Notification.id),
        execution_options=NOT_SYNCHRONISED,
    ).all()
    if len(gone) == MOST_AT_ONCE:
        go_on(session)
    return len(gone)


def withdraw_from_lapsed(session: Session, now: datetime) -> None:
    """What waits for people about boards that they may not read any more, since a membership ended
    or a role or group was left, counts as read: their page does not show it, so the bell must not
    count it. All in one statement, for it locks in the order of the ids. It flushes."""
    boards = select(Board.audience).where(Board.audience.not_in(EVERYBODY)).distinct()
    lapsed = [_is_lapsed(audience, now) for audience in session.scalars(boards)]
    if not lapsed:
        return
    waiting = (
        select(Notification.id)
        .outerjoin(Post, Post.id == Notification.post_id)
        .join(Topic, Topic.id == func.coalesce(Post.topic_id, Notification.topic_id))
        .join(Board, Board.id == Topic.board_id)
        .where(Notification.read_at.is_(None), or_(*lapsed))
    )
    withdraw(session, Notification.id.in_(waiting), now)


def _is_lapsed(audience: str, now: datetime) -> ColumnElement[bool]:
    readers = select(Person.id).where(belongs_to(audience, now))
    return and_(Board.audience == audience, Notification.person_id.not_in(readers))
