"""What is done to other people's accounts: each is noted in the audit log. They flush.

One at a time: whoever begins holds the others up until the transaction ends, so that of two that
would together take the last administrator away, the second sees what the first did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from hub.accounts import links
from hub.accounts.models import Person, Purpose, Role, RoleGrant
from hub.accounts.operations import end_sign_ins, tell
from hub.audit import log
from hub.audit.rules import Value
from hub.second_factor import recovery

TURN = 0x6465736B  # the advisory lock of PostgreSQL


class LastAdministrator(Exception):
    """Nobody would be left who can give the role."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Who acts, when, and why. ``actor`` where it is no person."""

    actor_id: int | None
    at: datetime
    reason: str
    actor: str = ""

    def note(
        self,
        session: Session,
        act: str,
        person_id: int,
        before: Mapping[str, Value] | None = None,
        after: Mapping[str, Value] | None = None,
    ) -> None:
        log.note(
            session,
            act,
            self.actor_id,
            self.at,
            subject=("person", person_id),
            before=before,
            after=after,
            reason=self.reason,
            actor=self.actor,
        )


def grant(session: Session, person_id: int, role: Role, deed: Deed) -> bool:
    """Gives a role; False where they had it. The other operations say the same."""
    person = hold(session, person_id)
    if any(held.role == role for held in person.grants):
        return False
    person.grants.append(RoleGrant(role=role, granted_by=deed.actor_id, granted_at=deed.at))
    session.flush()
    deed.note(session, "role.granted", person_id, after={"role": str(role)})
    return True


def revoke(
    session: Session, person_id: int, role: Role, deed: Deed, *, force: bool = False
) -> bool:
    """Takes a role. Raises: LastAdministrator, unless ``force``."""
    person = hold(session, person_id)
    held = next((grant for grant in person.grants if grant.role == role), None)
    if held is None:
        return False
    if role == Role.ADMINISTRATOR and not force:
        keep_an_administrator(session, person)
    person.grants.remove(held)
    session.flush()
    deed.note(session, "role.revoked", person_id, before={"role": str(role)})
    return True


def disable(session: Session, person_id: int, deed: Deed, *, force: bool = False) -> bool:
    """Locks the person out at once, everywhere. Raises: LastAdministrator, unless ``force``."""
    person = hold(session, person_id)
    if person.disabled_at is not None:
        return False
    if not force:
        keep_an_administrator(session, person)
    person.disabled_at = deed.at
    session.flush()
    ended = end_sign_ins(session, person, deed.at)
    if person.email:
        links.void(session, Purpose.RESET, person.email, deed.at)
    deed.note(
        session,
        "person.disabled",
        person_id,
        before={"is_disabled": False, "sign_ins": ended},
        after={"is_disabled": True, "sign_ins": 0},
    )
    return True


def enable(session: Session, person_id: int, deed: Deed) -> bool:
    person = hold(session, person_id)
    if person.disabled_at is None:
        return False
    person.disabled_at = None
    session.flush()
    states = ({"is_disabled": True}, {"is_disabled": False})
    deed.note(session, "person.enabled", person_id, *states)
    return True


def sign_out(session: Session, person_id: int, deed: Deed) -> bool:
    """Ends every sign-in."""
    ended = end_sign_ins(session, hold(session, person_id), deed.at)
    deed.note(session, "person.signed_out", person_id, {"sign_ins": ended}, {"sign_ins": 0})
    return True


def remove_second_factor(session: Session, person_id: int, deed: Deed) -> bool:
    """For somebody who has lost the device: every factor goes, every sign-in ends (the device may
    be in other hands), and the person is told."""
    person = hold(session, person_id)
    passkeys = len(person.passkeys)
    has_totp = bool(person.totp_secret)
    if not passkeys and not has_totp:
        return False
    person.totp_secret = ""
    person.passkeys.clear()
    recovery.forget(session, person)
    session.flush()
    end_sign_ins(session, person, deed.at)
    tell(session, person, "second-factor-changed", deed.at)
    before = {"passkeys": passkeys, "totp": has_totp}
    after = {"passkeys": 0, "totp": False}
    deed.note(session, "person.second_factor_removed", person_id, before, after)
    return True


def hold(session: Session, person_id: int) -> Person:
    """The person as they are now, whom nobody else administers until this transaction ends.

    SQLite has one writer at a time anyway. Raises: NoResultFound, also for whoever is erased.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    fresh = select(Person).where(Person.id == person_id, Person.erased_at.is_(None))
    fresh = fresh.with_for_update().execution_options(populate_existing=True)
    person = session.scalars(fresh).one()
    session.refresh(person, ["grants", "passkeys"])
    return person


def keep_an_administrator(session: Session, person: Person) -> None:
    """To be asked after ``hold``. Raises: LastAdministrator where this is the only one."""
    if is_administrator(person) and not has_other_administrator(session, person.id):
        raise LastAdministrator


def is_administrator(person: Person) -> bool:
    has_role = any(grant.role == Role.ADMINISTRATOR for grant in person.grants)
    return has_role and person.disabled_at is None and person.erased_at is None


def has_other_administrator(session: Session, person_id: int) -> bool:
    """Whether somebody else can act as one."""
    others = (
        exists()
        .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.person_id != person_id)
        .where(Person.id == RoleGrant.person_id)
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
    )
    return bool(session.scalar(select(others)))
