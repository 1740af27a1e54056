"""How long what people were told is kept: a chore of the worker (``hub.mail.worker.HOURLY``)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.mail.worker import go_on
from hub.notifications.models import Notification
from hub.notifications.operations import held

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
