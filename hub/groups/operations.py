"""Every change to groups. They flush; whoever calls them commits.

Each first takes the row of the group, so that what two people do in one group at once happens one
after the other: the rights, the last keeper and the number of members are looked at after that.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts import operations as accounts
from hub.accounts.models import Person
from hub.audit import log
from hub.audit.models import AuditEntry
from hub.groups import queries
from hub.groups.models import Group, GroupMember
from hub.groups.rules import MOST_MEMBERS
from hub.people_pages.queries import person_with_page
from knowledge.access import Mark

TOLD_AGAIN_AFTER = timedelta(days=1)  # adding and removing somebody sends them no flood
_TELLING = {"group.member_added": "person", "group.created": "keeper"}  # who is in their "after"
_NOT_SYNCHRONISED = {"synchronize_session": False}


class Refused(Exception):
    """Nothing was changed."""


class NotKeeper(Refused):
    """Whoever wanted it does not keep the group, or it is closed."""


class NotInGroup(Refused):
    """The person is not in the group any more."""


class UnknownPerson(Refused):
    """Nobody has exactly this name."""


class AlreadyMember(Refused):
    """The person is in the group already."""


class GroupFull(Refused):
    """As many are in the group as may be."""


class LastKeeper(Refused):
    """The group would have no keeper."""


class NameTaken(Refused):
    """Another group has, or had, this name."""


def create(
    session: Session,
    *,
    name: str,
    purpose: str,
    mark: Mark,
    keeper: str,
    creator_id: int,
    now: datetime,
) -> Group:
    """A group with its first keeper. Raises: UnknownPerson, NameTaken; roll back then."""
    person = _person(session, keeper)
    group = Group(name=name, purpose=purpose, mark=mark, created_at=now)
    session.add(group)
    _flush_unless_taken(session)
    _put_in(session, group.id, person, creator_id, now, is_keeper=True)
    after: dict[str, int | bool | str | None] = {"mark": str(mark), "keeper": person.id}
    log.note(session, "group.created", creator_id, now, ("group", group.id), after=after)
    return group


def change(
    session: Session,
    group: Group,
    *,
    name: str,
    purpose: str,
    mark: Mark,
    changer_id: int,
    now: datetime,
) -> None:
    """Raises: NotKeeper where the group is closed, NameTaken; roll back then."""
    _take(session, group.id)
    before, is_renamed = str(group.mark), group.name != name
    group.name, group.purpose, group.mark = name, purpose, mark
    _flush_unless_taken(session)
    log.note(
        session,
        "group.changed",
        changer_id,
        now,
        ("group", group.id),
        before={"mark": before},
        after={"mark": str(mark), "renamed": is_renamed},
    )


def close(session: Session, group_id: int, closer_id: int, now: datetime) -> bool:
    """Ends everybody's access at once. False where it is closed already."""
    closed = session.scalar(
        update(Group)
        .where(Group.id == group_id, Group.closed_at.is_(None))
        .values(closed_at=now)
        .returning(Group.id),
        execution_options=_NOT_SYNCHRONISED,
    )
    if closed is None:
        return False
    log.note(session, "group.closed", closer_id, now, ("group", group_id))
    return True


def name_keeper(
    session: Session, group_id: int, pseudonym: str, administrator_id: int, now: datetime
) -> None:
    """Makes a person a keeper, and a member where they are none. Raises: NotKeeper where the group
    is closed, UnknownPerson, GroupFull."""
    _take(session, group_id)
    person = _person(session, pseudonym)
    if _is_keeper(session, group_id, person.id) is None:
        _put_in(session, group_id, person, administrator_id, now, is_keeper=True)
        after = {"person": person.id, "keeper": True}
        log.note(
            session, "group.member_added", administrator_id, now, ("group", group_id), after=after
        )
    else:
        _set_keeper(session, group_id, person.id, administrator_id, now, is_keeper=True)


def add_member(
    session: Session, group_id: int, pseudonym: str, keeper_id: int, now: datetime
) -> None:
    """Raises: NotKeeper, UnknownPerson, AlreadyMember, GroupFull."""
    _take(session, group_id, keeper_id)
    person = _person(session, pseudonym)
    if _is_keeper(session, group_id, person.id) is not None:
        raise AlreadyMember
    _put_in(session, group_id, person, keeper_id, now, is_keeper=False)
    after = {"person": person.id}
    log.note(session, "group.member_added", keeper_id, now, ("group", group_id), after=after)


def remove_member(
    session: Session, group_id: int, person_id: int, keeper_id: int, now: datetime
) -> None:
    """Raises: NotKeeper, NotInGroup, LastKeeper where somebody would remove themself."""
    _take(session, group_id, keeper_id)
    if person_id == keeper_id:
        raise LastKeeper
    _take_out(session, group_id, person_id)
    before = {"person": person_id}
    log.note(session, "group.member_removed", keeper_id, now, ("group", group_id), before=before)


def make_keeper(
    session: Session, group_id: int, person_id: int, keeper_id: int, now: datetime
) -> None:
    """Raises: NotKeeper, NotInGroup."""
    _take(session, group_id, keeper_id)
    if _is_keeper(session, group_id, person_id) is None:
        raise NotInGroup
    _set_keeper(session, group_id, person_id, keeper_id, now, is_keeper=True)


def step_down(session: Session, group_id: int, keeper_id: int, now: datetime) -> None:
    """Raises: NotKeeper, LastKeeper."""
    _take(session, group_id, keeper_id)
    _refuse_last_keeper(session, group_id, keeper_id)
    _set_keeper(session, group_id, keeper_id, keeper_id, now, is_keeper=False)


def leave(session: Session, group_id: int, person_id: int, now: datetime) -> None:
    """Raises: NotKeeper where the group is closed, NotInGroup, LastKeeper."""
    _take(session, group_id)
    if _is_keeper(session, group_id, person_id):
        _refuse_last_keeper(session, group_id, person_id)
    _take_out(session, group_id, person_id)
    before = {"person": person_id}
    log.note(session, "group.member_left", person_id, now, ("group", group_id), before=before)


def _take(session: Session, group_id: int, keeper_id: int | None = None) -> None:
    """The open group, for this transaction alone, kept by that person. Raises: NotKeeper."""
    is_open = Group.id == group_id, Group.closed_at.is_(None)
    if session.scalar(select(Group.id).where(*is_open).with_for_update()) is None:
        raise NotKeeper
    if keeper_id is not None and not _is_keeper(session, group_id, keeper_id):
        raise NotKeeper


def _is_keeper(session: Session, group_id: int, person_id: int) -> bool | None:
    """None where the person is not in the group."""
    inside = GroupMember.group_id == group_id, GroupMember.person_id == person_id
    return session.scalar(select(GroupMember.is_keeper).where(*inside))


def _person(session: Session, pseudonym: str) -> Person:
    """Raises: UnknownPerson."""

    found = person_with_page(session, pseudonym)
    if found is None:
        raise UnknownPerson
    return found


def _put_in(
    session: Session, group_id: int, person: Person, by: int, now: datetime, *, is_keeper: bool
) -> None:
    """Adds the person and tells them by mail, once a day. Raises: GroupFull."""
    inside = select(func.count()).select_from(GroupMember).where(GroupMember.group_id == group_id)
    if (session.scalar(inside) or 0) >= MOST_MEMBERS:
        raise GroupFull
    session.add(
        GroupMember(
            group_id=group_id, person_id=person.id, is_keeper=is_keeper, added_by=by, added_at=now
        )
    )
    session.flush()
    if not _was_told(session, group_id, person.id, now - TOLD_AGAIN_AFTER):
        accounts.tell(session, person, "group-added", now, group=group_id)


def _was_told(session: Session, group_id: int, person_id: int, since: datetime) -> bool:
    """By the log: what a mail was about is forgotten when it is sent."""
    lately = select(AuditEntry.act, AuditEntry.after).where(
        AuditEntry.act.in_(_TELLING),
        AuditEntry.subject_kind == "group",
        AuditEntry.subject_id == group_id,
        AuditEntry.at > since,
    )
    entries = session.execute(lately)
    return any((after or {}).get(_TELLING[act]) == person_id for act, after in entries)


def _take_out(session: Session, group_id: int, person_id: int) -> None:
    """Raises: NotInGroup."""
    removed = session.scalar(
        delete(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.person_id == person_id)
        .returning(GroupMember.id),
        execution_options=_NOT_SYNCHRONISED,
    )
    if removed is None:
        raise NotInGroup


def _set_keeper(
    session: Session, group_id: int, person_id: int, by: int, now: datetime, *, is_keeper: bool
) -> None:
    """Does nothing where it is so already."""
    changed = session.scalar(
        update(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.person_id == person_id)
        .where(GroupMember.is_keeper.is_not(is_keeper))
        .values(is_keeper=is_keeper)
        .returning(GroupMember.id),
        execution_options=_NOT_SYNCHRONISED,
    )
    if changed is not None:
        after = {"person": person_id, "keeper": is_keeper}
        log.note(session, "group.keeper", by, now, ("group", group_id), after=after)


def _refuse_last_keeper(session: Session, group_id: int, keeper_id: int) -> None:
    if not set(queries.keepers(session, group_id)) - {keeper_id}:
        raise LastKeeper


def _flush_unless_taken(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise NameTaken from error
