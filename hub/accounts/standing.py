"""What a person may do and read at this moment, looked up in one statement.

A role and an LEA membership *take effect* only in a sign-in in which a second factor was proven,
where the setting SECOND_FACTOR_FOR asks for one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role, RoleGrant
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership, MembershipState
from hub.moderation.models import Sanction, SanctionKind
from hub.notifications.models import Notification
from knowledge.access import ANYONE, Reader, reader_of
from knowledge.joined import joined

MOST_UNREAD = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """What is held, whether it is in effect or not. Who is suspended holds nothing; who is silenced
    may not write. ``unread`` counts the notifications that wait, up to ``MOST_UNREAD``."""

    roles: frozenset[Role] = frozenset()
    is_lea_member: bool = False
    groups: frozenset[int] = frozenset()
    is_silenced: bool = False
    is_suspended: bool = False
    unread: int = field(default=0, compare=False)

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
            self.is_silenced,
            self.is_suspended,
            self.unread,
        )

    def needs_second_factor(self, compulsory: Collection[str]) -> bool:
        """Whether the setting asks one of somebody who stands so."""
        return (
            "everyone" in compulsory
            or ("staff" in compulsory and bool(self.roles))
            or ("lea" in compulsory and self.is_lea_member)
        )

    def reader(self) -> Reader:
        if self.is_suspended:
            return ANYONE
        return reader_of(
            is_member=True,
            is_lea=self.is_lea_member,
            is_staff=bool(self.roles),
            groups=self.groups,
        )


def standing_of(session: Session, person_id: int, now: datetime) -> Standing:
    """What a person holds now: roles, a membership that has not expired, groups that are open."""
    return standing_in(session.execute(_OF_PERSON, {"person_id": person_id, "now": now}).one())


def standing_columns(person_id: Any, now: Any) -> tuple[Any, ...]:
    """What ``standing_in`` reads, to be asked for beside a person, in the same statement."""
    roles = select(_joined(RoleGrant.role)).where(RoleGrant.person_id == person_id)
    lea = exists().where(
        LeaMembership.person_id == person_id,
        LeaMembership.state == MembershipState.GRANTED,
        LeaMembership.expires_at > now,
    )
    groups = (
        select(_joined(GroupMember.group_id))
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.person_id == person_id, Group.closed_at.is_(None))
    )
    sanctions = select(_joined(Sanction.kind)).where(
        Sanction.person_id == person_id,
        Sanction.begins_at <= now,
        Sanction.lifted_at.is_(None),
        or_(Sanction.ends_at.is_(None), Sanction.ends_at > now),
    )
    waiting = (
        select(Notification.id)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
        .limit(MOST_UNREAD)
    )
    if (asked := getattr(person_id, "table", None)) is not None:
        waiting = waiting.correlate(asked)
    unread = select(func.count()).select_from(waiting.subquery())
    return (
        roles.scalar_subquery(),
        lea,
        groups.scalar_subquery(),
        sanctions.scalar_subquery(),
        unread.scalar_subquery(),
    )


def standing_in(values: Sequence[Any]) -> Standing:
    """``values``: of ``standing_columns``."""
    roles, is_lea_member, groups, sanctions, unread = values
    kinds = (sanctions or "").split()
    if SanctionKind.SUSPENSION in kinds:
        return Standing(is_silenced=True, is_suspended=True, unread=unread)
    return Standing(
        frozenset(map(Role, (roles or "").split())),
        bool(is_lea_member),
        frozenset(map(int, (groups or "").split())),
        SanctionKind.SILENCE in kinds,
        unread=unread,
    )


def _joined(column: Any) -> ColumnElement[str]:
    return joined(cast(column, String))


# Asked often: made once.
_OF_PERSON = select(*standing_columns(bindparam("person_id"), bindparam("now")))
