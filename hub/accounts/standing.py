"""What a person may do and read at this moment, looked up in one statement.

A role and an LEA membership *take effect* only in a sign-in in which a second factor was proven,
where the setting SECOND_FACTOR_FOR asks for one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from hub.accounts.models import Role, RoleGrant
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership, MembershipState
from knowledge.access import Reader, reader_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What is held, whether it is in effect or not."""

    roles: frozenset[Role] = frozenset()
    is_lea_member: bool = False
    groups: frozenset[int] = frozenset()

    def in_effect(self, is_strong: bool, compulsory: Collection[str]) -> "Standing":
        """Without what needs a second factor, where none was proven."""
        if is_strong or not self.needs_second_factor(compulsory):
            return self
        keeps_roles = not {"staff", "everyone"} & set(compulsory)
        keeps_lea = not {"lea", "everyone"} & set(compulsory)
        return Standing(
            self.roles if keeps_roles else frozenset(),
            self.is_lea_member and keeps_lea,
            self.groups if "everyone" not in compulsory else frozenset(),
        )

    def needs_second_factor(self, compulsory: Collection[str]) -> bool:
        """Whether the setting asks one of somebody who stands so."""
        return (
            "everyone" in compulsory
            or ("staff" in compulsory and bool(self.roles))
            or ("lea" in compulsory and self.is_lea_member)
        )

    def reader(self) -> Reader:
        return reader_of(
            is_member=True,
            is_lea=self.is_lea_member,
            is_staff=bool(self.roles),
            groups=self.groups,
        )


def standing_of(session: Session, person_id: int, now: datetime) -> Standing:
    """What a person holds now: roles, a membership that has not expired, groups that are open."""
    roles = select(literal("role"), cast(RoleGrant.role, String)).where(
        RoleGrant.person_id == person_id
    )
    lea = select(literal("lea"), literal("")).where(
        LeaMembership.person_id == person_id,
        LeaMembership.state == MembershipState.GRANTED,
        LeaMembership.expires_at > now,
    )
    groups = (
        select(literal("group"), cast(GroupMember.group_id, String))
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.person_id == person_id, Group.closed_at.is_(None))
    )
    held = [(kind, value) for kind, value in session.execute(union_all(roles, lea, groups))]
    return Standing(
        frozenset(Role(value) for kind, value in held if kind == "role"),
        any(kind == "lea" for kind, _ in held),
        frozenset(int(value) for kind, value in held if kind == "group"),
    )
