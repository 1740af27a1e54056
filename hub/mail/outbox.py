"""The outbox: mails are put in, leased by a worker, and handed back as sent or not. They flush.

A lease is held as long as the row still carries this attempt. Every change of a leased mail asks
for that in its condition, so a worker that was too slow finds out, and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from hub.mail.models import Mail, MailState

# Longer than the slowest conversation with a server (hub.mail.transports) takes.
LEASE = timedelta(minutes=5)
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
MAX_ATTEMPTS = len(PAUSES) + 1
RECIPIENT_KEPT = timedelta(days=30)
MAIL_KEPT = timedelta(days=90)
ABANDONED = "WorkerStopped"
LAST_KIND = "erased"
FINISHED = (MailState.SENT, MailState.DROPPED, MailState.FAILED)
_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class LeaseLost(Exception):
    """Another worker holds the mail now; whoever held it drops it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One attempt at one mail. ``attempt`` counts from 1."""

    mail_id: int
    kind: str
    attempt: int


def is_possible() -> bool:
    """Whether this hub can send mail at all."""
    return bool(current_app.config["MAIL"])


def post(
    session: Session,
    kind: str,
    to: str,
    language: str,
    now: datetime,
    person_id: int | None = None,
    **parameters: Any,
) -> Mail:
    """Queues a mail: it is sent if and after the caller's transaction is committed.

    ``parameters`` are ids and small values for ``hub.mail.kinds``, never a secret.
    """
    mail = Mail(
        kind=kind,
        recipient=to,
        person_id=person_id,
        language=language,
        parameters=parameters,
        run_after=now,
        created_at=now,
    )
    session.add(mail)
    session.flush()
    return mail


def attach(session: Session, address: str, person_id: int) -> None:
    """Notes whose mails those are that went to an address while nobody looked whose it is."""
    session.execute(
        update(Mail)
        .where(Mail.recipient == address, Mail.person_id.is_(None))
        .values(person_id=person_id),
        execution_options=_NOT_SYNCHRONISED,
    )


def claim(session: Session, now: datetime) -> Lease | None:
    """Leases the mail that is longest due, or whose worker has not been heard of; else None.

    One conditional UPDATE: of two workers that ask at once, one gets the mail.
    """
    oldest = select(Mail.id).where(_is_due(now)).order_by(Mail.run_after, Mail.id).limit(1)
    taken = session.execute(
        update(Mail)
        .where(Mail.id == _locked(session, oldest).scalar_subquery(), _is_due(now))
        .values(state=MailState.LEASED, attempts=Mail.attempts + 1, lease_until=now + LEASE)
        .returning(Mail.id, Mail.kind, Mail.attempts),
        execution_options=_NOT_SYNCHRONISED,
    ).first()
    return Lease(taken.id, taken.kind, taken.attempts) if taken else None


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to claim, or to give up."""
    return bool(session.scalar(select(exists().where(or_(_is_due(now), _is_silent(now))))))


def finish(session: Session, lease: Lease, state: MailState, now: datetime) -> None:
    """The mail is ``SENT`` or ``DROPPED``: what it was made from is forgotten, and whom the last
    mail about an erased account went to.

    Raises: LeaseLost.
    """
    forgotten: dict[str, Any] = {"parameters": {}, "error": ""}
    if lease.kind == LAST_KIND:
        forgotten["recipient"] = ""
    _change(session, lease, state=state, lease_until=None, finished_at=now, **forgotten)


def fail(session: Session, lease: Lease, error: str, now: datetime, *, is_final: bool) -> bool:
    """Puts a mail back for later, or gives it up where that is ``is_final`` or was the last
    attempt; says whether it is given up. Raises: LeaseLost."""
    if is_final or lease.attempt >= MAX_ATTEMPTS:
        given_up = {"state": MailState.FAILED, "finished_at": now}
        _change(session, lease, **given_up, lease_until=None, error=error)
        return True
    due = now + PAUSES[lease.attempt - 1]
    waiting = {"state": MailState.WAITING, "run_after": due}
    _change(session, lease, **waiting, lease_until=None, error=error)
    return False


def give_up_abandoned(session: Session, now: datetime) -> int:
    """Ends the mails whose worker died at every attempt; says how many."""
    return _count(
        session,
        update(Mail)
        .where(_is_silent(now), Mail.attempts >= MAX_ATTEMPTS)
        .values(state=MailState.FAILED, error=ABANDONED, lease_until=None, finished_at=now),
    )


def retry(session: Session, mail: Mail, now: datetime) -> bool:
    """Queues a mail that was given up, or lets one that waits for its next attempt go at once.
    False for any other, and where its recipient is forgotten by now."""
    may_go = and_(Mail.state.in_((MailState.FAILED, MailState.WAITING)), Mail.recipient != "")
    queued = _count(
        session,
        update(Mail)
        .where(Mail.id == mail.id, may_go)
        .values(state=MailState.WAITING, attempts=0, run_after=now, finished_at=None, error=""),
    )
    session.refresh(mail)
    return queued == 1


def sweep(session: Session, now: datetime) -> None:
    """Forgets who got what was sent or given up long ago, and later that there was a mail."""
    _count(
        session,
        update(Mail)
        .where(Mail.state.in_(FINISHED), Mail.finished_at < now - RECIPIENT_KEPT)
        .where(Mail.recipient != "")
        .values(recipient="", parameters={}),
    )
    session.execute(
        delete(Mail).where(Mail.created_at < now - MAIL_KEPT), execution_options=_NOT_SYNCHRONISED
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Mail.state == MailState.WAITING, Mail.run_after <= now)
    return or_(waiting, and_(_is_silent(now), Mail.attempts < MAX_ATTEMPTS))


def _is_silent(now: datetime) -> ColumnElement[bool]:
    """Leased by a worker that is dead; or the clock was put back since."""
    is_over = or_(Mail.lease_until < now, Mail.lease_until > now + 2 * LEASE)
    return and_(Mail.state == MailState.LEASED, is_over)


def _locked(session: Session, mails: Select[Any]) -> Select[Any]:
    """Rows that another worker is about to take are passed over (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        return mails.with_for_update(skip_locked=True)
    return mails


def _change(session: Session, lease: Lease, **values: Any) -> None:
    changed = _count(
        session,
        update(Mail)
        .where(Mail.id == lease.mail_id, Mail.state == MailState.LEASED)
        .where(Mail.attempts == lease.attempt)
        .values(values),
    )
    if not changed:
        raise LeaseLost(f"mail {lease.mail_id}")


def _count(session: Session, statement: Update) -> int:
    changed = session.execute(statement.returning(Mail.id), execution_options=_NOT_SYNCHRONISED)
    return len(changed.all())
