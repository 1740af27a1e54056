"""Every change to memberships. They flush; whoever calls them commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts import links
from hub.accounts import operations as accounts
from hub.accounts.models import MailedLink, Person, Purpose
from hub.accounts.pseudonyms import key_of
from hub.audit import log
from hub.mail import outbox
from hub.membership import queries, rules, shown_names
from hub.membership.models import LeaMembership, MembershipState

CONFIRM_WITHIN = timedelta(days=7)
ACCEPT_WITHIN = timedelta(days=14)
_NOT_SYNCHRONISED = {"synchronize_session": False}


class NameTaken(Exception):
    """Somebody else has this name, or one that looks like it."""


class AlreadyAsked(Exception):
    """A request of this person waits already."""


class LinkUsed(Exception):
    """The link has been used meanwhile, or has run out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says about themself. ``real_name`` "": as in their last membership."""

    organisation: str
    official_address: str
    real_name: str
    shown_name: str
    country: str
    shows_country: bool


def ask(session: Session, person: Person, wanted: Wanted, now: datetime) -> LeaMembership:
    """A request that waits for a decision. Raises: NameTaken, AlreadyAsked."""
    before = queries.of_person(session, person.id)
    membership = write(session, person, wanted, now)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise AlreadyAsked from error
    log.note(
        session,
        "membership.requested",
        person.id,
        now,
        subject=("membership", membership.id),
        after={"state": str(membership.state), "renewal": rules.latest(before, now) is not None},
    )
    return membership


def send_link(session: Session, membership: LeaMembership, person: Person, now: datetime) -> None:
    """A link to the official address; those that were sent before are void."""
    _void_links(session, person.id, now)
    link = links.make(
        session,
        Purpose.OFFICIAL_ADDRESS,
        membership.official_address,
        now,
        person_id=person.id,
        details={"membership": membership.id},
        lasts=CONFIRM_WITHIN,
    )
    outbox.post(
        session,
        "official-address",
        membership.official_address,
        person.language,
        now,
        person_id=person.id,
        link=link.id,
    )


def confirm_address(session: Session, link: MailedLink, now: datetime) -> None:
    """Notes that somebody reads mail at the official address. Raises: LinkUsed."""
    if not links.use(session, link, now):
        raise LinkUsed
    confirmed = session.scalar(
        update(LeaMembership)
        .where(LeaMembership.id == link.details.get("membership"))
        .where(LeaMembership.state == MembershipState.REQUESTED)
        .where(LeaMembership.official_address == link.address)
        .values(address_confirmed_at=now)
        .returning(LeaMembership.id),
        execution_options=_NOT_SYNCHRONISED,
    )
    if confirmed is None:
        raise LinkUsed


def withdraw(session: Session, person_id: int, now: datetime) -> bool:
    """Removes the request of a person that waits, if one does."""
    removed = session.scalar(
        delete(LeaMembership)
        .where(LeaMembership.person_id == person_id)
        .where(LeaMembership.state == MembershipState.REQUESTED)
        .returning(LeaMembership.id),
        execution_options=_NOT_SYNCHRONISED,
    )
    if removed is None:
        return False
    _void_links(session, person_id, now)
    state = {"state": str(MembershipState.REQUESTED)}
    log.note(session, "membership.withdrawn", person_id, now, ("membership", removed), before=state)
    return True


def decide(
    session: Session,
    membership: LeaMembership,
    decider_id: int,
    now: datetime,
    *,
    is_granted: bool,
    is_checked_otherwise: bool,
    reason: str,
) -> bool:
    """Grants or refuses a request and tells the person. False, and nothing is changed, where it
    does not wait any more or its address is not confirmed."""
    state = MembershipState.GRANTED if is_granted else MembershipState.REFUSED
    others = queries.of_person(session, membership.person_id)
    conditions = [
        LeaMembership.id == membership.id,
        LeaMembership.state == MembershipState.REQUESTED,
        LeaMembership.person_id != decider_id,
    ]
    if is_granted and not is_checked_otherwise:
        conditions.append(LeaMembership.address_confirmed_at.is_not(None))
    decided = session.scalar(
        update(LeaMembership)
        .where(*conditions)
        .values(
            state=state,
            decided_by=decider_id,
            decided_at=now,
            reason=reason,
            expires_at=rules.new_end(others, now, lasts()) if is_granted else None,
        )
        .returning(LeaMembership.id),
        execution_options=_NOT_SYNCHRONISED,
    )
    if decided is None:
        return False
    _void_links(session, membership.person_id, now)
    _tell(session, membership, f"membership-{state}", now)
    log.note(
        session,
        "membership.decided",
        decider_id,
        now,
        subject=("membership", membership.id),
        before={"state": str(MembershipState.REQUESTED)},
        after={"state": str(state), "checked_otherwise": is_granted and is_checked_otherwise},
        reason=reason,
    )
    return True


def end(
    session: Session, membership: LeaMembership, decider_id: int, reason: str, now: datetime
) -> bool:
    """Ends a membership, and what came before and after it, at once. False where it has been ended
    already."""
    ended = session.scalars(
        update(LeaMembership)
        .where(LeaMembership.person_id == membership.person_id)
        .where(LeaMembership.person_id != decider_id)
        .where(LeaMembership.state == MembershipState.GRANTED, LeaMembership.expires_at > now)
        .values(state=MembershipState.ENDED, decided_by=decider_id, decided_at=now, reason=reason)
        .returning(LeaMembership.id),
        execution_options=_NOT_SYNCHRONISED,
    ).all()
    if not ended:
        return False
    _tell(session, membership, "membership-ended", now)
    for number in sorted(ended):
        log.note(
            session,
            "membership.ended",
            decider_id,
            now,
            subject=("membership", number),
            before={"state": str(MembershipState.GRANTED)},
            after={"state": str(MembershipState.ENDED)},
            reason=reason,
        )
    return True


def note_look(
    session: Session, membership: LeaMembership, viewer_id: int, reason: str, now: datetime
) -> None:
    """To be committed before the real name is shown."""
    about = ("membership", membership.id)
    log.note(session, "membership.name_seen", viewer_id, now, subject=about, reason=reason)


def write(session: Session, person: Person, wanted: Wanted, now: datetime) -> LeaMembership:
    """A new row with what the person says. Raises: NameTaken."""
    if wanted.shown_name and shown_names.is_taken(session, wanted.shown_name, person.id):
        raise NameTaken
    membership = LeaMembership(
        person_id=person.id,
        state=MembershipState.REQUESTED,
        organisation=wanted.organisation,
        official_address=wanted.official_address,
        real_name=wanted.real_name or _last_real_name(session, person.id),
        shown_name=wanted.shown_name,
        shown_name_key=key_of(wanted.shown_name) if wanted.shown_name else "",
        country=wanted.country,
        shows_country=wanted.shows_country and bool(wanted.country),
        requested_at=now,
    )
    session.add(membership)
    return membership


def _last_real_name(session: Session, person_id: int) -> str:
    last = select(LeaMembership.real_name).where(LeaMembership.person_id == person_id)
    return session.scalar(last.order_by(LeaMembership.id.desc()).limit(1)) or ""


def _void_links(session: Session, person_id: int, now: datetime) -> None:
    """Only the person's own: somebody else may have been sent one to the same address."""
    session.execute(
        update(MailedLink)
        .where(MailedLink.person_id == person_id, MailedLink.used_at.is_(None))
        .where(MailedLink.purpose == Purpose.OFFICIAL_ADDRESS)
        .values(used_at=now),
        execution_options=_NOT_SYNCHRONISED,
    )


def _tell(session: Session, membership: LeaMembership, kind: str, now: datetime) -> None:
    person = session.get(Person, membership.person_id)
    if person is not None:
        accounts.tell(session, person, kind, now, membership=membership.id)


def lasts() -> timedelta:
    """How long a membership counts."""
    return timedelta(days=current_app.config["LEA_MEMBERSHIP_DAYS"])
