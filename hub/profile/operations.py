"""Every change to a profile. They flush; whoever calls them commits."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts import links, operations
from hub.accounts.models import MailedLink, Person, Purpose
from hub.audit import log
from hub.audit.models import AuditEntry

RENAMED = "person.renamed"
MOST_NAMES = 3
WITHIN = timedelta(days=30)


class TooManyNames(Exception):
    """The person has had as many new names as anybody may within some weeks."""


def rename(session: Session, person: Person, pseudonym: str, now: datetime) -> None:
    """Gives the person another name, at most three in thirty days: others must be able to tell who
    is who. Raises: operations.Taken, TooManyNames; nothing may be committed then."""
    operations.rename(session, person, pseudonym)
    # The entry is made first: whoever makes one at the same time waits, and counts this one too.
    log.note(session, RENAMED, person.id, now, subject=("person", person.id))
    if _names_since(session, person, now - WITHIN) > MOST_NAMES:
        raise TooManyNames


def ask_for_notifications(
    session: Session, person: Person, address: str, now: datetime
) -> MailedLink:
    """Queues the mail with which the address is confirmed; the links before it are worthless."""
    _void_links(session, person, now)
    return operations.ask_for_link(
        session, Purpose.NOTIFICATIONS, "notifications", address, person.language, now, person
    )


def set_notifications(session: Session, link: MailedLink, now: datetime) -> bool:
    """Uses the link; False where it was used or its person is gone."""
    person = session.get(Person, link.person_id) if link.person_id else None
    if person is None or person.disabled_at or person.erased_at:
        return False
    if not links.use(session, link, now):
        return False
    person.notification_email = link.address
    session.flush()
    return True


def remove_notifications(session: Session, person: Person, now: datetime) -> None:
    """From now on everything goes to the address with which the person signs in."""
    person.notification_email = ""
    _void_links(session, person, now)
    session.flush()


def _void_links(session: Session, person: Person, now: datetime) -> None:
    session.execute(
        update(MailedLink)
        .where(MailedLink.person_id == person.id, MailedLink.used_at.is_(None))
        .where(MailedLink.purpose == Purpose.NOTIFICATIONS)
        .values(used_at=now),
        execution_options={"synchronize_session": False},
    )


def _names_since(session: Session, person: Person, since: datetime) -> int:
    mine = select(func.count()).where(
        AuditEntry.act == RENAMED, AuditEntry.actor_id == person.id, AuditEntry.at > since
    )
    return session.scalar(mine) or 0
