"""Invitations to become an LEA member: made, accepted once, withdrawn. They flush."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts import links
from hub.accounts.models import MailedLink, Person, Purpose
from hub.audit import log
from hub.desk.operations import is_administrator
from hub.mail import outbox
from hub.membership import operations, queries, rules, shown_names
from hub.membership.models import LeaMembership, MembershipState
from hub.membership.operations import ACCEPT_WITHIN, LinkUsed, Wanted


def invite(
    session: Session,
    address: str,
    inviter_id: int,
    language: str,
    now: datetime,
    *,
    organisation: str,
    country: str,
    note: str,
) -> MailedLink:
    """Sends an invitation to an official address."""
    details = {
        "organisation": organisation,
        "country": country,
        "note": note,
        "invited_by": inviter_id,
    }
    link = links.make(
        session, Purpose.INVITATION, address, now, details=details, lasts=ACCEPT_WITHIN
    )
    outbox.post(session, "invitation", address, language, now, link=link.id)
    log.note(session, "membership.invited", inviter_id, now, subject=("invitation", link.id))
    return link


def accept(
    session: Session,
    link: MailedLink,
    person: Person,
    now: datetime,
    *,
    real_name: str,
    shown_name: str,
    shows_country: bool,
) -> LeaMembership:
    """Makes the person a member at once: the link has proven the address, and who sent it has
    decided, and could still. Raises: LinkUsed, operations.NameTaken; roll back then."""
    shown_names.wait_for_turn(session)  # before the audit log's turn, as everywhere
    if not _inviter_still_decides(session, link) or not links.use(session, link, now):
        raise LinkUsed
    before = queries.of_person(session, person.id)
    operations.withdraw(session, person.id, now)
    wanted = _wanted(link, real_name, shown_name, shows_country)
    membership = operations.write(session, person, wanted, now)
    membership.state = MembershipState.GRANTED
    membership.address_confirmed_at = membership.decided_at = now
    membership.invited_by = membership.decided_by = link.details["invited_by"]
    membership.expires_at = rules.new_end(before, now, operations.lasts())
    session.flush()
    log.note(
        session,
        "membership.accepted",
        person.id,
        now,
        subject=("membership", membership.id),
        after={"state": str(membership.state), "invitation": link.id},
    )
    return membership


def _inviter_still_decides(session: Session, link: MailedLink) -> bool:
    inviter = session.get(Person, link.details["invited_by"], populate_existing=True)
    return inviter is not None and is_administrator(inviter)


def _wanted(link: MailedLink, real_name: str, shown_name: str, shows_country: bool) -> Wanted:
    organisation, country = link.details["organisation"], link.details["country"]
    return Wanted(organisation, link.address, real_name, shown_name, country, shows_country)


def withdraw(session: Session, link: MailedLink, administrator_id: int, now: datetime) -> bool:
    """False where it has been accepted meanwhile, or has run out."""
    if not links.use(session, link, now):
        return False
    about = ("invitation", link.id)
    log.note(session, "membership.uninvited", administrator_id, now, subject=about)
    return True
