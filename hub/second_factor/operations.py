"""Every change to second factors. They flush; whoever calls them commits.

Each is told to the person by mail and ends their other sign-ins. What depends on how many factors
there are is decided while the person's row is locked, so that two requests at once cannot remove
the last two.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from hub.accounts import operations as accounts
from hub.accounts import sessions
from hub.accounts.models import Passkey, Person, SignIn
from hub.accounts.standing import Standing
from hub.mail import outbox
from hub.second_factor import recovery, rules, totp


class Refused(Exception):
    """It is the last factor of somebody who needs one, or there are too many already."""


def use_app_code(session: Session, person: Person, code: str, now: datetime) -> bool:
    """Whether the code is right; its step of time, and all before it, are used up then. Of two
    requests with the same code exactly one is told True."""
    step = totp.step_of(person, code, now)
    if step is None:
        return False
    used = session.execute(
        update(Person).where(Person.id == person.id, Person.totp_step < step).values(totp_step=step)
    )
    return isinstance(used, CursorResult) and used.rowcount == 1


def set_up_app(
    session: Session, sign_in: SignIn, secret: str, step: int, now: datetime
) -> list[str]:
    """Takes an app whose first code was right; the recovery codes to show, where it is the first
    factor."""
    person = _locked(session, sign_in.person)
    is_first = not rules.has_second_factor(person)
    person.totp_secret, person.totp_step = totp.sealed_for(person, secret), step
    return _set_up(session, sign_in, now, is_first)


def remove_app(
    session: Session, sign_in: SignIn, held: Standing, compulsory: Collection[str], now: datetime
) -> None:
    """Raises: Refused."""
    person = _locked(session, sign_in.person)
    if not person.totp_secret:
        return
    if not rules.can_remove_factor(person, held, compulsory):
        raise Refused
    person.totp_secret = ""
    _removed(session, sign_in, now)


def add_passkey(
    session: Session, sign_in: SignIn, passkey: Passkey, name: str, now: datetime
) -> list[str]:
    """As ``set_up_app``. Raises: Refused; IntegrityError where it is registered already."""
    person = _locked(session, sign_in.person)
    if not rules.can_add_passkey(person):
        raise Refused
    is_first = not rules.has_second_factor(person)
    passkey.name, passkey.created_at = name, now
    person.passkeys.append(passkey)
    return _set_up(session, sign_in, now, is_first)


def remove_passkey(
    session: Session,
    sign_in: SignIn,
    passkey_id: int,
    held: Standing,
    compulsory: Collection[str],
    now: datetime,
) -> None:
    """Nothing where it is gone already. Raises: Refused."""
    person = _locked(session, sign_in.person)
    passkey = next((key for key in person.passkeys if key.id == passkey_id), None)
    if passkey is None:
        return
    if not rules.can_remove_factor(person, held, compulsory):
        raise Refused
    person.passkeys.remove(passkey)
    _removed(session, sign_in, now)


def renew_codes(session: Session, sign_in: SignIn, now: datetime) -> list[str]:
    codes = recovery.renew(session, _locked(session, sign_in.person))
    _changed(session, sign_in, now)
    return codes


def _set_up(session: Session, sign_in: SignIn, now: datetime, is_first: bool) -> list[str]:
    _changed(session, sign_in, now)
    return recovery.renew(session, sign_in.person) if is_first else []


def _removed(session: Session, sign_in: SignIn, now: datetime) -> None:
    """Codes on paper that stand in for nothing are forgotten, and that one was ever proven: what
    the person is given later waits for a new factor."""
    if not rules.has_second_factor(sign_in.person):
        recovery.forget(session, sign_in.person)
        sessions.weaken(session, sign_in.person)
    _changed(session, sign_in, now)


def _changed(session: Session, sign_in: SignIn, now: datetime) -> None:
    person = sign_in.person
    session.flush()
    accounts.end_sign_ins(session, person, now, keep=sign_in)
    if person.email:
        outbox.post(
            session,
            "second-factor-changed",
            person.email,
            person.language,
            now,
            person_id=person.id,
        )


def _locked(session: Session, person: Person) -> Person:
    """The person as they are now, and as nobody else changes them until the end."""
    session.refresh(person, with_for_update=True)
    session.refresh(person, ["passkeys"])
    return person
