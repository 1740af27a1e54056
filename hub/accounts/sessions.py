"""Where people are signed in: rows that begin, are proven again, and end. They flush.

A key has 256 random bits; the row holds its SHA-256, so that a copy of the database opens nothing.
Every proof of who somebody is (a password, a second factor) gives the browser a new key, so that a
key which was planted or seen before is worth nothing after it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.orm import Session, contains_eager

from hub.accounts.models import Person, SignIn

LASTS = timedelta(days=30)
IDLE = timedelta(days=14)
AWAITS_SECOND_FACTOR = timedelta(minutes=10)
FRESH = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
LONGEST_DEVICE = 80
KEY_LENGTH = 43  # 32 octets, in the letters of base 64


def start(
    session: Session,
    person: Person,
    method: str,
    device: str,
    now: datetime,
    *,
    needs_second_factor: bool = False,
) -> str:
    """Signs a person in, or half in where the second factor is awaited; returns the key."""
    key = secrets.token_urlsafe(32)
    lasts = AWAITS_SECOND_FACTOR if needs_second_factor else LASTS
    session.add(
        SignIn(
            key_hash=digest(key),
            person=person,
            device=device[:LONGEST_DEVICE],
            method=method,
            needs_second_factor=needs_second_factor,
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            confirmed_at=now,
        )
    )
    session.flush()
    return key


def found(session: Session, key: str, now: datetime) -> SignIn | None:
    """The row of a key that counts now, pending ones too; its person is neither disabled nor
    erased."""
    if not key:
        return None
    found: SignIn | None = session.scalar(_BY_KEY, sent(key, now))
    return found


def sent(key: str, now: datetime) -> dict[str, Any]:
    """The values of ``known_by_key``."""
    return {"key_hash": digest(key), "now": now, "seen_after": now - IDLE}


def with_id(session: Session, sign_in_id: int, now: datetime) -> SignIn | None:
    """The same by the row's number, for what goes on while somebody is signed in."""
    return session.scalar(_living(now).where(SignIn.id == sign_in_id))


def promote(session: Session, sign_in: SignIn, now: datetime) -> str:
    """Makes a pending sign-in a full one, the second factor having been proven; the new key."""
    key = secrets.token_urlsafe(32)
    sign_in.key_hash = digest(key)
    sign_in.needs_second_factor = False
    sign_in.expires_at = now + LASTS
    confirm(sign_in, now, is_strong=True)
    session.flush()
    return key


def confirm(sign_in: SignIn, now: datetime, *, is_strong: bool) -> None:
    """Notes that the person has proven again who they are."""
    sign_in.confirmed_at = now
    sign_in.challenge = ""
    if is_strong:
        sign_in.strong_at = now


def weaken(session: Session, person: Person) -> None:
    """Forgets that a second factor was proven: there is none any more."""
    session.execute(update(SignIn).where(SignIn.person_id == person.id).values(strong_at=None))


def is_fresh(sign_in: SignIn, now: datetime) -> bool:
    return sign_in.confirmed_at is not None and now - sign_in.confirmed_at < FRESH


def end(session: Session, sign_in: SignIn) -> None:
    session.execute(delete(SignIn).where(SignIn.id == sign_in.id))


def end_key(session: Session, key: str) -> None:
    """Ends the sign-in of a key, if there is one; also one that has run out."""
    session.execute(
        delete(SignIn).where(SignIn.key_hash == digest(key)),
        execution_options={"synchronize_session": False},
    )


def end_all(session: Session, person: Person, except_: SignIn | None = None) -> int:
    """Ends every sign-in of a person, but for one; says how many. What still goes on there, an
    answer or a socket, ends with it."""
    ended = delete(SignIn).where(SignIn.person_id == person.id)
    if except_ is not None:
        ended = ended.where(SignIn.id != except_.id)
    result = session.execute(ended, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]


def of_person(session: Session, person: Person, now: datetime) -> Sequence[SignIn]:
    """Where somebody is signed in, the latest first."""
    mine = _living(now).where(SignIn.person_id == person.id, SignIn.needs_second_factor.is_(False))
    return session.scalars(mine.order_by(SignIn.seen_at.desc())).all()


def note_visit(session: Session, sign_in_id: int, now: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def sweep(session: Session, now: datetime) -> None:
    """Removes what has run out."""
    session.execute(delete(SignIn).where(SignIn.expires_at < now))


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def known_by_key(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A statement that asks for these of a sign-in that counts, and of its person; by ``sent``."""
    asked: Select[*tuple[Any, ...]] = select(*columns)
    return (
        asked.select_from(SignIn)
        .join(SignIn.person)
        .where(*_COUNTS)
        .where(SignIn.key_hash == bindparam("key_hash"))
        .where(SignIn.expires_at > bindparam("now"), SignIn.seen_at > bindparam("seen_after"))
    )


def _living(now: datetime) -> Select[SignIn]:
    counting = select(SignIn).join(SignIn.person).options(contains_eager(SignIn.person))
    return counting.where(*_COUNTS, SignIn.expires_at > now, SignIn.seen_at > now - IDLE)


_COUNTS = (Person.disabled_at.is_(None), Person.erased_at.is_(None))
_BY_KEY = known_by_key(SignIn).options(contains_eager(SignIn.person))
