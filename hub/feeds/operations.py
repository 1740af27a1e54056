"""Every change to the keys of feeds. They flush; whoever calls them commits.

A key has 256 random bits; the row holds its SHA-256, so that a copy of the database opens nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.feeds.models import FeedKey

MOST_KEYS = 10
USED_EVERY = timedelta(hours=1)
LONGEST_KEY = 100


class TooManyKeys(Exception):
    """The person has as many as anybody may."""


def make_key(session: Session, person: Person, name: str, now: datetime, *, is_strong: bool) -> str:
    """The key, which is not kept. Raises: TooManyKeys."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    count = select(func.count(FeedKey.id)).where(FeedKey.person_id == person.id)
    if (session.scalar(count) or 0) >= MOST_KEYS:
        raise TooManyKeys
    key = secrets.token_urlsafe(32)
    session.add(
        FeedKey(
            person_id=person.id, name=name, key_hash=digest(key), is_strong=is_strong, made_at=now
        )
    )
    session.flush()
    return key


def revoke(session: Session, person_id: int, key_id: int) -> bool:
    """Whether there was such a key; with it no feed is had from the next request on."""
    revoked = session.scalars(
        delete(FeedKey)
        .where(FeedKey.id == key_id, FeedKey.person_id == person_id)
        .returning(FeedKey.id),
        execution_options={"synchronize_session": False},
    )
    return bool(revoked.all())


def revoke_all(session: Session, person_id: int) -> None:
    session.execute(
        delete(FeedKey).where(FeedKey.person_id == person_id),
        execution_options={"synchronize_session": False},
    )


def note_use(session: Session, key_id: int, now: datetime) -> None:
    session.execute(
        update(FeedKey).where(FeedKey.id == key_id).values(used_at=now),
        execution_options={"synchronize_session": False},
    )


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
