"""Every read of memberships that spans several rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from hub.accounts.models import MailedLink, Person, Purpose, Role, RoleGrant
from hub.accounts.wording import role_name
from hub.membership import countries
from hub.membership.models import LeaMembership, MembershipState

PAGE_SIZE = 50
ORDER_OF_ROLES = (Role.ADMINISTRATOR, Role.MODERATOR, Role.CURATOR)


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a person is shown to others. ``role_words``: what they are, in the reader's language; ""
    for who is not here any more. ``country_name``: "" unless the person shows it. ``pseudonym``
    is for the address of their page."""

    name: str
    role_words: str
    country_name: str
    pseudonym: str


def of_person(session: Session, person_id: int) -> Sequence[LeaMembership]:
    """All of a person's, the latest first."""
    theirs = select(LeaMembership).where(LeaMembership.person_id == person_id)
    return session.scalars(theirs.order_by(LeaMembership.id.desc())).all()


def open_request(session: Session, person_id: int) -> LeaMembership | None:
    return session.scalar(
        select(LeaMembership).where(
            LeaMembership.person_id == person_id,
            LeaMembership.state == MembershipState.REQUESTED,
        )
    )


def waiting(session: Session) -> Sequence[Row[LeaMembership, Person]]:
    """The requests that wait for a decision, the oldest first."""
    return session.execute(
        _with_person()
        .where(LeaMembership.state == MembershipState.REQUESTED)
        .order_by(LeaMembership.id)
    ).all()


def members(
    session: Session, now: datetime, page: int
) -> tuple[Sequence[Row[LeaMembership, Person]], int]:
    """Page by page (from 1) the memberships that count, the first to end first; and how many."""
    counting = and_(*_counts(now))
    total = session.scalar(select(func.count()).select_from(LeaMembership).where(counting)) or 0
    listed = _with_person().where(counting).order_by(LeaMembership.expires_at, LeaMembership.id)
    rows = session.execute(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return rows, total


def invitations(session: Session, now: datetime) -> Sequence[MailedLink]:
    """Those that still work, the latest first."""
    return session.scalars(
        select(MailedLink)
        .where(MailedLink.purpose == Purpose.INVITATION)
        .where(MailedLink.used_at.is_(None), MailedLink.expires_at > now)
        .order_by(MailedLink.id.desc())
    ).all()


def real_name(session: Session, membership_id: int) -> str:
    """For an administrator whose look is noted already (``operations.note_look``)."""
    named = select(LeaMembership.real_name).where(LeaMembership.id == membership_id)
    return session.scalar(named) or ""


def others_with_address(session: Session, membership: LeaMembership) -> int:
    """How many other people gave the same official address."""
    return (
        session.scalar(
            select(func.count(LeaMembership.person_id.distinct())).where(
                LeaMembership.official_address == membership.official_address,
                LeaMembership.person_id != membership.person_id,
            )
        )
        or 0
    )


def shown_as(session: Session, person_ids: Collection[int], now: datetime) -> dict[int, Appearance]:
    """How these people appear, in one statement. Whoever is not here any more, as "former member"
    and so on; ids that nobody has are left out."""
    if not person_ids:
        return {}
    people: dict[int, Row[Any]] = {}
    roles: dict[int, set[str]] = {}
    for row in session.execute(_appearances(person_ids, now)):
        people[row.id] = row  # the last: the membership that ends last
        roles.setdefault(row.id, set()).update([row.role] if row.role else [])
    return {person_id: _appearance(row, roles[person_id]) for person_id, row in people.items()}


def _appearances(person_ids: Collection[int], now: datetime) -> Select[*tuple[Any, ...]]:
    membership = and_(LeaMembership.person_id == Person.id, *_counts(now))
    return (
        select(
            Person.id,
            Person.pseudonym,
            Person.erased_at,
            RoleGrant.role,
            LeaMembership.id.label("membership_id"),
            LeaMembership.shown_name,
            LeaMembership.country,
            LeaMembership.shows_country,
        )
        .outerjoin(LeaMembership, membership)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(LeaMembership.expires_at, LeaMembership.id)
    )


def _appearance(row: Row[Any], roles: set[str]) -> Appearance:
    if row.erased_at is not None:
        return Appearance(row.pseudonym, "", "", row.pseudonym)
    held = [role for role in ORDER_OF_ROLES if role in roles]
    words = [role_name(role) for role in held]
    if row.membership_id is not None:
        words.append(role_name("lea"))
    country = countries.name_of(row.country) if row.shows_country else ""
    shown = row.shown_name or row.pseudonym
    return Appearance(shown, ", ".join(words) or role_name("member"), country, row.pseudonym)


def _with_person() -> Select[LeaMembership, Person]:
    return (
        select(LeaMembership, Person)
        .join(Person, Person.id == LeaMembership.person_id)
        .where(Person.erased_at.is_(None))
    )


def _counts(now: datetime) -> tuple[Any, ...]:
    return (LeaMembership.state == MembershipState.GRANTED, LeaMembership.expires_at > now)
