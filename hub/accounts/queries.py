"""Every read of people that spans several rows."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Person


def person_with_email(session: Session, email: str) -> Person | None:
    """Whose confirmed address this is, disabled people too."""
    return session.scalar(select(Person).where(Person.email == email, Person.erased_at.is_(None)))


def person_called(session: Session, pseudonym_key: str) -> Person | None:
    return session.scalar(
        select(Person).where(Person.pseudonym_key == pseudonym_key, Person.erased_at.is_(None))
    )
