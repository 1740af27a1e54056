"""Every read of memberships that spans several rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_babel import get_locale
from sqlalchemy import BindParameter, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from hub.accounts.models import MailedLink, Person, Purpose, Role, RoleGrant
from hub.accounts.wording import role_name
from hub.membership import countries
from hub.membership.models import LeaMembership, MembershipState
from knowledge.among import among
from knowledge.orm import rows

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
    found = session.execute(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return found, total


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
    people: dict[int, tuple[Any, ...]] = {}
    roles: dict[int, set[str]] = {}
    for person_id, role, *shown in rows(
        session, _APPEARANCES, {"person_ids": list(person_ids), "now": now}
    ):
        people[person_id] = tuple(shown)  # the last: the membership that ends last
        roles.setdefault(person_id, set()).update([role] if role else [])
    locale = str(get_locale())
    return {
        person_id: _appearance(locale, roles[person_id], *shown)
        for person_id, shown in people.items()
    }


def _appearances() -> Select[*tuple[Any, ...]]:
    membership = and_(LeaMembership.person_id == Person.id, *_counts(bindparam("now")))
    return (
        select(
            Person.id,
            RoleGrant.role,
            Person.pseudonym,
            Person.erased_at,
            LeaMembership.id.label("membership_id"),
            LeaMembership.shown_name,
            LeaMembership.country,
            LeaMembership.shows_country,
        )
        .outerjoin(LeaMembership, membership)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(among(Person.id, "person_ids"))
        .order_by(LeaMembership.expires_at, LeaMembership.id)
    )


def _appearance(
    locale: str,
    roles: set[str],
    pseudonym: str,
    erased_at: datetime | None,
    membership_id: int | None,
    shown_name: str | None,
    country: str | None,
    shows_country: bool | None,
) -> Appearance:
    if erased_at is not None:
        return Appearance(pseudonym, "", "", pseudonym)
    held = tuple(role for role in ORDER_OF_ROLES if role in roles)
    words = _role_words(locale, held, membership_id is not None)
    named = countries.name_of(country or "") if shows_country else ""
    return Appearance(shown_name or pseudonym, words, named, pseudonym)


@lru_cache(500)
def _role_words(_locale: str, held: tuple[Role, ...], is_lea: bool) -> str:
    """In the language of the page, which the locale names: a page has many people, of few kinds."""
    words = [*map(role_name, held), *([role_name("lea")] if is_lea else [])]
    return ", ".join(words) or role_name("member")


def _with_person() -> Select[LeaMembership, Person]:
    return (
        select(LeaMembership, Person)
        .join(Person, Person.id == LeaMembership.person_id)
        .where(Person.erased_at.is_(None))
    )


def _counts(now: datetime | BindParameter[Any]) -> tuple[Any, ...]:
    return (LeaMembership.state == MembershipState.GRANTED, LeaMembership.expires_at > now)


# Asked with every page of the forum: made once.
_APPEARANCES = _appearances()
