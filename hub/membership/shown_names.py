"""Names under which LEA members appear: no two people may look like one another.

A pseudonym is unique by its key; a shown name must differ from the pseudonyms and the shown names
of all the others. The two stand in different tables, so whoever takes a name waits for their turn.
"""

from sqlalchemy import Exists, exists, or_, select, text
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.membership.models import LeaMembership, MembershipState

TURN = 0x73686F776E  # the advisory lock of PostgreSQL that whoever takes a name holds until the end
HELD = (MembershipState.REQUESTED, MembershipState.GRANTED)


def is_taken(session: Session, name: str, person_id: int) -> bool:
    """Whether somebody other than this person has this name or one that looks like it.

    Nobody else takes one until the caller's transaction ends (SQLite has one writer anyway).
    """
    wait_for_turn(session)
    key = key_of(name)
    pseudonym = exists().where(Person.pseudonym_key == key, Person.id != person_id)
    return bool(session.scalar(select(or_(pseudonym, _is_shown(key, person_id)))))


def is_shown(session: Session, key: str, person_id: int | None) -> bool:
    """Whether another person appears, or asks to appear, under a name with this key."""
    wait_for_turn(session)
    return bool(session.scalar(select(_is_shown(key, person_id or 0))))


def wait_for_turn(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})


def _is_shown(key: str, person_id: int) -> Exists:
    return exists().where(
        LeaMembership.shown_name_key == key,
        LeaMembership.shown_name_key != "",
        LeaMembership.person_id != person_id,
        LeaMembership.state.in_(HELD),
    )
