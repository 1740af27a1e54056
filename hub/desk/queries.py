"""Every read of the desk that spans several rows. Real names are not among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts import pseudonyms, sessions
from hub.accounts.models import Person, RoleGrant
from hub.desk.filters import LEA, Filters, State
from hub.membership.models import LeaMembership, MembershipState

PAGE = 50


@dataclass(frozen=True, slots=True)
class Membership:
    """The latest of a person's. ``counts``: granted, and not expired."""

    id: int
    state: MembershipState
    counts: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of people, the newest accounts first, how many fit in all, and the number before
    which the older ones are, None where there are none."""

    people: Sequence[Person]
    lea_members: frozenset[int]
    total: int
    older: int | None


def find_people(session: Session, filters: Filters, before: int | None, now: datetime) -> Found:
    fitting = _fitting(filters, now)
    total = session.scalar(select(func.count()).select_from(Person).where(*fitting)) or 0
    some = select(Person).where(*fitting).order_by(Person.id.desc()).limit(PAGE + 1)
    if before is not None:
        some = some.where(Person.id < before)
    people = session.scalars(some).all()
    older = people[PAGE - 1].id if len(people) > PAGE else None
    shown = people[:PAGE]
    return Found(shown, _lea_members(session, [person.id for person in shown], now), total, older)


def membership_of(session: Session, person_id: int, now: datetime) -> Membership | None:
    latest = (
        select(LeaMembership.id, LeaMembership.state, LeaMembership.expires_at)
        .where(LeaMembership.person_id == person_id)
        .order_by(LeaMembership.id.desc())
    )
    row = session.execute(latest.limit(1)).one_or_none()
    if row is None:
        return None
    counts = person_id in _lea_members(session, [person_id], now)
    return Membership(row.id, MembershipState(row.state), counts, row.expires_at)


def sign_ins(session: Session, person: Person, now: datetime) -> int:
    return len(sessions.of_person(session, person, now))


def open_requests(session: Session) -> int:
    """How many wait to be verified."""
    asked = LeaMembership.state == MembershipState.REQUESTED
    return session.scalar(select(func.count(LeaMembership.id)).where(asked)) or 0


def people_count(session: Session) -> int:
    """How many there are, without the erased."""
    return session.scalar(select(func.count(Person.id)).where(Person.erased_at.is_(None))) or 0


def person_named(session: Session, text: str) -> Person | None:
    """By address, number or pseudonym, as an operator types it; nobody who is erased."""
    if "@" in text:
        is_meant: ColumnElement[bool] = Person.email == text.strip().lower()
    elif text.isascii() and text.isdigit() and len(text) < 10:
        is_meant = Person.id == int(text)
    else:
        is_meant = Person.pseudonym_key == pseudonyms.key_of(text)
    return session.scalar(select(Person).where(is_meant, Person.erased_at.is_(None)))


def _fitting(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [_in_state(filters.state)]
    if filters.q:
        conditions.append(_called(filters.q))
    if filters.role == LEA:
        conditions.append(Person.id.in_(select(LeaMembership.person_id).where(*_counting(now))))
    elif filters.role:
        holders = select(RoleGrant.person_id).where(RoleGrant.role == filters.role)
        conditions.append(Person.id.in_(holders))
    return conditions


def _in_state(state: str) -> ColumnElement[bool]:
    if state == State.ERASED:
        return Person.erased_at.is_not(None)
    present = Person.erased_at.is_(None)
    if state == State.ACTIVE:
        return present & Person.disabled_at.is_(None)
    return present & Person.disabled_at.is_not(None) if state == State.DISABLED else present


def _called(text: str) -> ColumnElement[bool]:
    """The key finds names however they are written; the pseudonym also single letters of it."""
    key = pseudonyms.key_of(text)
    by_key = [Person.pseudonym_key.contains(key, autoescape=True)] if key else []
    return or_(
        Person.pseudonym.icontains(text, autoescape=True),
        Person.email.icontains(text, autoescape=True),
        *by_key,
    )


def _counting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_granted = LeaMembership.state == MembershipState.GRANTED
    return is_granted, LeaMembership.expires_at > now


def _lea_members(session: Session, ids: Sequence[int], now: datetime) -> frozenset[int]:
    counting = select(LeaMembership.person_id).where(*_counting(now))
    return frozenset(session.scalars(counting.where(LeaMembership.person_id.in_(ids))))
