"""Erasure: the row of the person stays, empty; everything else of theirs goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Engine, delete, func, or_, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.audit import log
from hub.mail import outbox
from hub.mail.models import Mail
from hub.own_data import content
from hub.own_data.content import Choice
from hub.own_data.declared import going
from hub.own_data.queries import is_last_administrator, whose
from hub.own_data.traces import Whose

SHORT_WAIT_MS = 1_000
_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class LastAdministrator(Exception):
    """Nobody could give roles any more."""


class AlreadyErased(Exception):
    """Somebody, the person in another browser, was faster."""


def erase(session: Session, person: Person, choice: Choice, now: datetime) -> None:
    """Erases the person. Flushes; nothing may be committed when it raises.

    What they wrote comes first, the person after it, as for everybody who writes: whoever holds a
    topic may wait for the row of a person, to reply to or to tell; whoever holds the person waits
    for no topic.

    Raises: LastAdministrator, AlreadyErased.
    """
    _wait_for_their_writing(session, person.id)
    content.apply(session, person.id, choice)
    _refuse_last_administrator(session, person.id)
    theirs = whose(session, person)
    last_mail = _last_mail(session, person, now)
    _drop_mails(session, theirs, last_mail)
    _delete_rows(session, theirs)
    _empty(session, person.id, now)
    about = ("person", person.id)
    log.note(session, "person.erased", person.id, now, about, after={"content": choice.value})
    session.expire_all()


def former_name(person_id: int) -> str:
    return f"former member {person_id}"


def forget_on_disk(engine: Engine) -> None:
    """Empties the log of writes of SQLite, which still holds what was there before.

    The database file itself is overwritten as rows are deleted (``knowledge.orm``). While others
    read, SQLite does this later by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {SHORT_WAIT_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {usual}")
    finally:
        connection.close()


def _wait_for_their_writing(session: Session, person_id: int) -> None:
    """What they send from elsewhere at this moment is written then, and goes with the rest. Lets
    the person go again. Raises: AlreadyErased."""
    look = session.begin_nested()
    here = select(Person.id).where(Person.id == person_id, Person.erased_at.is_(None))
    found = session.scalar(here.with_for_update())
    look.rollback()
    if found is None:
        raise AlreadyErased


def _refuse_last_administrator(session: Session, person_id: int) -> None:
    """Holds the person until the end. Raises: LastAdministrator, AlreadyErased."""
    try:
        is_last = is_last_administrator(session, person_id)
    except NoResultFound as error:
        raise AlreadyErased from error
    if is_last:
        raise LastAdministrator


def _empty(session: Session, person_id: int, now: datetime) -> None:
    """One conditional UPDATE: of two erasures at once, one is the first."""
    emptied = session.execute(
        update(Person)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .values(
            erased_at=now,
            pseudonym=former_name(person_id),
            # With a sign that no key of a name holds, so that it can be nobody's.
            pseudonym_key=f"erased {person_id}",
            email=None,
            notification_email="",
            password_hash="",
            language="en",
            time_zone="",
            totp_secret="",
            totp_step=0,
        ),
        execution_options=_NOT_SYNCHRONISED,
    )
    if not isinstance(emptied, CursorResult) or emptied.rowcount != 1:
        raise AlreadyErased


def _last_mail(session: Session, person: Person, now: datetime) -> int | None:
    if not person.email or not outbox.is_possible():
        return None
    mail = outbox.post(session, "erased", person.email, person.language, now, person_id=person.id)
    return mail.id


def _drop_mails(session: Session, theirs: Whose, last_mail: int | None) -> None:
    """Those that wait, and what is known of those that were sent; not the last one."""
    to_them = func.lower(Mail.recipient).in_(sorted(theirs.addresses))
    mails = delete(Mail).where(or_(Mail.person_id == theirs.person_id, to_them))
    if last_mail is not None:
        mails = mails.where(Mail.id != last_mail)
    session.execute(mails, execution_options=_NOT_SYNCHRONISED)


def _delete_rows(session: Session, theirs: Whose) -> None:
    """What hangs below goes with them (ON DELETE CASCADE)."""
    for trace in reversed(list(going())):
        session.execute(delete(trace.of).where(trace.condition(theirs)))
