"""What is looked up about a person before their data is given out or erased."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hub.accounts.models import Person
from hub.desk import operations as desk
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership
from hub.own_data.traces import Whose


def whose(session: Session, person: Person) -> Whose:
    """Only addresses that they confirmed: another person's could be typed in by anybody."""
    official = select(LeaMembership.official_address).where(
        LeaMembership.person_id == person.id, LeaMembership.address_confirmed_at.is_not(None)
    )
    addresses = {person.email or "", person.notification_email, *session.scalars(official)}
    return Whose(person.id, frozenset(address.lower() for address in addresses - {""}))


def is_last_administrator(session: Session, person_id: int) -> bool:
    """Nobody else becomes it until the transaction ends: acts of the desk wait for the same turn.

    Raises: NoResultFound, for whoever is erased.
    """
    person = desk.hold(session, person_id)
    return desk.is_administrator(person) and not desk.has_other_administrator(session, person_id)


def groups_kept_alone(session: Session, person_id: int) -> Sequence[str]:
    """The names of the open groups that have no keeper but this person."""
    others = aliased(GroupMember)
    has_another = (
        select(func.count())
        .where(others.group_id == GroupMember.group_id, others.is_keeper)
        .where(others.person_id != person_id)
        .scalar_subquery()
    )
    kept = (
        select(Group.name)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.person_id == person_id, GroupMember.is_keeper)
        .where(Group.closed_at.is_(None), has_another == 0)
    )
    return session.scalars(kept.order_by(Group.name)).all()
