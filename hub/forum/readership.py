"""Who may read a board, as a condition on people: for mentions and for telling what is new.

It asks what people were *given*; that a role takes effect only with a second factor is looked at
when they read.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, true

from hub.accounts.models import Person, RoleGrant
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership, MembershipState
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF, group_of


def belongs_to(audience: str, now: datetime) -> ColumnElement[bool]:
    """A condition on ``person``: somebody with an account that works, who is of this audience."""
    is_here = and_(Person.erased_at.is_(None), Person.disabled_at.is_(None))
    return and_(is_here, _is_of(audience, now))


def _is_of(audience: str, now: datetime) -> ColumnElement[bool]:
    is_staff = exists().where(RoleGrant.person_id == Person.id)
    if audience in (PUBLIC, MEMBERS):
        return true()
    if audience == STAFF:
        return is_staff
    if audience == LEA:
        return is_staff | exists().where(
            LeaMembership.person_id == Person.id,
            LeaMembership.state == MembershipState.GRANTED,
            LeaMembership.expires_at > now,
        )
    group_id = group_of(audience)
    if group_id is None:
        return false()
    return exists().where(
        GroupMember.person_id == Person.id,
        GroupMember.group_id == Group.id,
        Group.id == group_id,
        Group.closed_at.is_(None),
    )
