"""Reminders that a membership is about to end. The worker that sends mail calls this now and then
(``hub.mail.worker``)."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session, aliased

from hub.accounts import operations as accounts
from hub.accounts.models import Person
from hub.membership.models import LeaMembership, MembershipState

BEFORE = timedelta(days=30)


def remind(session: Session, now: datetime) -> int:
    """Queues one mail to everybody whose membership ends soon and who has not asked to renew it;
    says how many. It flushes. Repeating it, also at once, sends nothing twice."""
    return sum(_remind(session, row.id, row.person_id, now) for row in session.execute(_due(now)))


def _remind(session: Session, membership_id: int, person_id: int, now: datetime) -> bool:
    noted = session.scalar(
        update(LeaMembership)
        .where(LeaMembership.id == membership_id, LeaMembership.reminded_at.is_(None))
        .values(reminded_at=now)
        .returning(LeaMembership.id),
        execution_options={"synchronize_session": False},
    )
    person = session.get(Person, person_id)
    if noted is None or person is None:
        return False
    accounts.tell(session, person, "membership-expires", now, membership=membership_id)
    return True


def _due(now: datetime) -> Select[int, int]:
    other = aliased(LeaMembership)
    goes_on = exists().where(
        other.person_id == LeaMembership.person_id,
        (other.state == MembershipState.REQUESTED)
        | ((other.state == MembershipState.GRANTED) & (other.expires_at > now + BEFORE)),
    )
    return (
        select(LeaMembership.id, LeaMembership.person_id)
        .join(Person, Person.id == LeaMembership.person_id)
        .where(LeaMembership.state == MembershipState.GRANTED, LeaMembership.reminded_at.is_(None))
        .where(LeaMembership.expires_at > now, LeaMembership.expires_at <= now + BEFORE)
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None), ~goes_on)
    )
