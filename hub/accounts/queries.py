"""Every read of people that spans several rows."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Person


def person_with_email(session: Session, email: str) -> Person | None:
    """Whose confirmed address this is, disabled people too."""
    return session.scalar(select(Person).where(Person.email == email, Person.erased_at.is_(None)))


def held_person(session: Session, person_id: int) -> Person | None:
    """The person as they are now, whom nobody changes until the transaction ends; None where they
    are disabled or erased."""
    active = select(Person).where(
        Person.id == person_id, Person.disabled_at.is_(None), Person.erased_at.is_(None)
    )
    held = active.with_for_update().execution_options(populate_existing=True)
    return session.scalar(held)


def person_called(session: Session, pseudonym_key: str) -> Person | None:
    return session.scalar(
        select(Person).where(Person.pseudonym_key == pseudonym_key, Person.erased_at.is_(None))
    )
