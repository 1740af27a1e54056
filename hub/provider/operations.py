"""Every change about accounts at the provider. They flush; whoever calls them commits."""

import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts import operations, queries, sessions
from hub.accounts.addresses import normal_address
from hub.accounts.models import Identity, Person
from hub.provider.claims import Claim
from hub.provider.models import UsedState

STATE_LASTS = timedelta(minutes=20)  # longer than a journey may take


class LinkedElsewhere(Exception):
    """The account at the provider belongs to somebody else."""


class AlreadyHere(Exception):
    """Somebody with this account at the provider was made a moment ago."""


class OnlyWayIn(Exception):
    """Without it the person could not sign in any more."""


def use_state(session: Session, state: str, now: datetime) -> bool:
    """Notes that somebody came back with this state; False where it is not the first time."""
    session.execute(delete(UsedState).where(UsedState.expires_at < now))
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    digest = hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
    noted = session.execute(
        insert(UsedState)
        .values(digest=digest, expires_at=now + STATE_LASTS)
        .on_conflict_do_nothing()
        .returning(UsedState.digest)
    )
    return noted.first() is not None


def identity_of(session: Session, claim: Claim) -> Identity | None:
    """By issuer and subject, and by nothing else: an address can pass to other hands."""
    return session.scalar(
        select(Identity).where(Identity.issuer == claim.issuer, Identity.subject == claim.subject)
    )


def person_of(session: Session, identity: Identity, now: datetime) -> Person:
    """Whose it is, noting that it was used."""
    identity.used_at = now
    session.flush()
    return session.get_one(Person, identity.person_id)


def free_address(session: Session, claim: Claim) -> str | None:
    """The address that a new person may take over: confirmed there, and nobody's here."""
    address = confirmed_address(claim)
    is_free = address and queries.person_with_email(session, address) is None
    return address if is_free else None


def confirmed_address(claim: Claim) -> str:
    """ "" also for an address with letters that become others when they are made alike: it was
    confirmed in that spelling alone, and in the hub's it can be somebody else's (the sign for
    Kelvin, made small, is a k)."""
    address = normal_address(claim.address) if claim.is_address_confirmed else ""
    return address if address and _is_one_spelling(claim.address) else ""


def _is_one_spelling(address: str) -> bool:
    """Whether nothing but the size of its ASCII letters can be told differently."""
    small = address.encode("utf-8", "replace").lower().decode()  # of octets only ASCII has sizes
    return unicodedata.normalize("NFKC", address).casefold() == small


def date_proof(session: Session, key: str, claim: Claim, now: datetime) -> None:
    """The sign-in with this key, which has just begun, is as freshly confirmed as the provider
    says, and not at all where it does not say: it may have known the browser for days."""
    begun = sessions.found(session, key, now)
    if begun is None:
        return
    said = claim.proven_at
    begun.confirmed_at = None if said is None else min(datetime.fromtimestamp(said, UTC), now)
    session.flush()


def create_person(
    session: Session, claim: Claim, pseudonym: str, language: str, now: datetime
) -> Person:
    """A new person who signs in with this account. Raises: AlreadyHere, operations.Taken; roll
    back then."""
    person = operations.create_person(
        session,
        email=free_address(session, claim),
        pseudonym=pseudonym,
        password_hash="",
        language=language,
        now=now,
    )
    try:
        _add(session, person, claim, now)
    except IntegrityError as error:
        raise AlreadyHere from error
    return person


def link(session: Session, person: Person, claim: Claim, now: datetime) -> None:
    """Lets the person sign in with this account too. Raises: LinkedElsewhere; roll back then."""
    identity = identity_of(session, claim)
    if identity is None:
        try:
            _add(session, person, claim, now)
        except IntegrityError as error:
            raise LinkedElsewhere from error
        operations.tell(session, person, "provider-changed", now)
    elif identity.person_id != person.id:
        raise LinkedElsewhere


def unlink(session: Session, person: Person, identity: Identity, now: datetime) -> None:
    """Raises: OnlyWayIn."""
    if not has_another_way(person):
        raise OnlyWayIn
    session.delete(identity)
    session.flush()
    operations.tell(session, person, "provider-changed", now)


def has_another_way(person: Person) -> bool:
    return bool(person.password_hash and person.email)


def identities(session: Session, person: Person) -> list[Identity]:
    theirs = select(Identity).where(Identity.person_id == person.id)
    return list(session.scalars(theirs.order_by(Identity.id)))


def _add(session: Session, person: Person, claim: Claim, now: datetime) -> None:
    session.add(
        Identity(
            person_id=person.id,
            issuer=claim.issuer,
            subject=claim.subject,
            created_at=now,
            used_at=now,
        )
    )
    session.flush()
