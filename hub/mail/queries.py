"""Every read of the outbox for people who look after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.mail.models import Mail, MailState

OPEN = (MailState.FAILED, MailState.WAITING, MailState.LEASED)


@dataclass(frozen=True, slots=True)
class Status:
    """How the outbox stands. ``counts`` has every state, ``failed`` the newest first."""

    counts: dict[str, int]
    oldest_waiting: datetime | None
    failed: Sequence[Mail]


def status(session: Session) -> Status:
    found = session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
    held = {str(state): count for state, count in found}
    oldest = select(func.min(Mail.created_at)).where(Mail.state == MailState.WAITING)
    return Status(
        counts={str(state): held.get(state, 0) for state in MailState},
        oldest_waiting=session.scalar(oldest),
        failed=failed(session),
    )


def failed(session: Session) -> Sequence[Mail]:
    newest = Mail.id.desc()
    return session.scalars(
        select(Mail).where(Mail.state == MailState.FAILED).order_by(newest)
    ).all()


def unsent(session: Session, states: Sequence[MailState], most: int) -> Sequence[Mail]:
    """The newest mails in these states."""
    wanted = select(Mail).where(Mail.state.in_(states)).order_by(Mail.id.desc())
    return session.scalars(wanted.limit(most)).all()


def count(session: Session, states: Sequence[MailState]) -> int:
    return session.scalar(select(func.count(Mail.id)).where(Mail.state.in_(states))) or 0
