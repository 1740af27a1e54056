"""Every change to an account. They flush; whoever calls them commits."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts import links, pseudonyms, queries, sessions
from hub.accounts.models import MailedLink, Person, Purpose, SignIn
from hub.feeds.operations import revoke_all
from hub.mail import outbox
from hub.membership import shown_names


class Taken(Exception):
    """The pseudonym, one that looks like it, or the address belongs to somebody else."""


def ask_for_link(
    session: Session,
    purpose: Purpose,
    kind: str,
    address: str,
    language: str,
    now: datetime,
    person: Person | None = None,
) -> MailedLink:
    """Queues a mail with a link. Whether the address is known is found out when it is sent, so
    that asking takes the same steps either way."""
    person_id = person.id if person else None
    link = links.make(session, purpose, address, now, person_id=person_id)
    outbox.post(session, kind, address, language, now, person_id=person_id, link=link.id)
    return link


def create_person(
    session: Session,
    *,
    email: str | None,
    pseudonym: str,
    password_hash: str,
    language: str,
    now: datetime,
) -> Person:
    """A new member. Raises: Taken."""
    _refuse_shown_name(session, pseudonym, None)
    person = Person(
        pseudonym=pseudonym,
        pseudonym_key=pseudonyms.key_of(pseudonym),
        email=email,
        password_hash=password_hash,
        language=language,
        created_at=now,
    )
    session.add(person)
    _flush_unless_taken(session)
    return person


def refuse_taken(session: Session, address: str, pseudonym: str) -> None:
    """To be asked before a password is hashed, which is dear. Raises: Taken."""
    key = pseudonyms.key_of(pseudonym)
    _refuse_shown_name(session, pseudonym, None)
    if queries.person_called(session, key) or queries.person_with_email(session, address):
        raise Taken


def rename(session: Session, person: Person, pseudonym: str) -> None:
    """Raises: Taken."""
    _refuse_shown_name(session, pseudonym, person.id)
    person.pseudonym, person.pseudonym_key = pseudonym, pseudonyms.key_of(pseudonym)
    _flush_unless_taken(session)


def set_password(
    session: Session, person: Person, password_hash: str, now: datetime, keep: SignIn | None = None
) -> None:
    """Sets the password, ends every sign-in but ``keep``, and tells the person by mail."""
    person.password_hash = password_hash
    end_sign_ins(session, person, now, keep)
    if person.email:
        links.void(session, Purpose.RESET, person.email, now)
    tell(session, person, "password-changed", now)


def set_address(session: Session, person: Person, address: str, now: datetime) -> None:
    """Gives the person a new confirmed address and tells the old one. What was sent to the old one
    is known as theirs from now on, so that it goes when they are erased. Raises: Taken."""
    old = person.email
    person.email = address
    _flush_unless_taken(session)
    links.void_of_person(session, person.id, now)
    if old:
        links.void(session, Purpose.RESET, old, now)
        links.attach(session, old, person.id)
        outbox.attach(session, old, person.id)
        outbox.post(session, "address-changed", old, person.language, now, person_id=person.id)


def end_sign_ins(
    session: Session, person: Person, now: datetime, keep: SignIn | None = None
) -> int:
    """Ends every sign-in but ``keep``, and voids the links to another address and the keys of
    feeds, which whoever had got hold of one of them may have asked for. Says how many ended."""
    links.void_of_person(session, person.id, now)
    revoke_all(session, person.id)
    return sessions.end_all(session, person, except_=keep)


def tell(
    session: Session, person: Person, kind: str, now: datetime, **parameters: int | str
) -> None:
    """Queues a mail about the account to its own address, where it has one."""
    if person.email:
        outbox.post(
            session, kind, person.email, person.language, now, person_id=person.id, **parameters
        )


def _refuse_shown_name(session: Session, pseudonym: str, person_id: int | None) -> None:
    """Nobody takes the name under which an LEA member appears. Raises: Taken."""
    if shown_names.is_shown(session, pseudonyms.key_of(pseudonym), person_id):
        raise Taken


def _flush_unless_taken(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Taken from error
