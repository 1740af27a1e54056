"""Every read of groups that spans several rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.groups.models import Group, GroupMember
from knowledge.access import Reader, group_audience, readable_by
from knowledge.models import Document, Version

PAGE_SIZE = 50
MOST_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class Overview:
    """A group as the desk sees it: who keeps it and how many are in it, nothing of what it
    holds."""

    group: Group
    members: int
    keepers: Sequence[int]


def of_person(session: Session, person_id: int) -> Sequence[Row[Group, GroupMember]]:
    """The open groups that a person is in, by name."""
    theirs = and_(GroupMember.group_id == Group.id, GroupMember.person_id == person_id)
    mine = select(Group, GroupMember).join(GroupMember, theirs).where(Group.closed_at.is_(None))
    return session.execute(mine.order_by(func.lower(Group.name), Group.id)).all()


def membership(session: Session, group_id: int, person_id: int) -> GroupMember | None:
    """In an open group; None where the person is not in it, or there is none."""
    return session.scalar(
        select(GroupMember)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.group_id == group_id, GroupMember.person_id == person_id)
        .where(Group.closed_at.is_(None))
    )


def members(session: Session, group_id: int, page: int) -> tuple[Sequence[GroupMember], int]:
    """Page by page (from 1), the keepers first, then as they came; and how many there are."""
    inside = GroupMember.group_id == group_id
    total = session.scalar(select(func.count()).select_from(GroupMember).where(inside)) or 0
    listed = (
        select(GroupMember).where(inside).order_by(GroupMember.is_keeper.desc(), GroupMember.id)
    )
    rows = session.scalars(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return rows, total


def keepers(session: Session, group_id: int) -> Sequence[int]:
    """The keepers who can act: whoever is disabled or erased keeps nothing."""
    return session.scalars(
        select(GroupMember.person_id)
        .join(Person, Person.id == GroupMember.person_id)
        .where(GroupMember.group_id == group_id, GroupMember.is_keeper)
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
        .order_by(GroupMember.id)
    ).all()


def documents(
    session: Session, reader: Reader, group_id: int
) -> tuple[Sequence[Row[Document, Version]], int]:
    """Those kept for the group that this reader may see, the latest first; and how many."""
    kept = and_(readable_by(reader), Document.audience == group_audience(group_id))
    total = session.scalar(select(func.count()).select_from(Document).where(kept)) or 0
    listed = (
        select(Document, Version)
        .join(Version, Version.id == Document.current_version_id)
        .where(kept)
        .order_by(Document.created_at.desc(), Document.id)
        .limit(MOST_DOCUMENTS)
    )
    return session.execute(listed).all(), total


def overviews(session: Session) -> list[Overview]:
    """All groups, the open ones first, by name."""
    listed = select(Group).order_by(Group.closed_at.is_not(None), func.lower(Group.name), Group.id)
    found = session.scalars(listed).all()
    counted = select(GroupMember.group_id, func.count()).group_by(GroupMember.group_id)
    counts = {row[0]: row[1] for row in session.execute(counted)}
    kept: dict[int, list[int]] = {}
    pairs = select(GroupMember.group_id, GroupMember.person_id).where(GroupMember.is_keeper)
    for group_id, person_id in session.execute(pairs.order_by(GroupMember.id)):
        kept.setdefault(group_id, []).append(person_id)
    return [Overview(group, counts.get(group.id, 0), kept.get(group.id, [])) for group in found]
