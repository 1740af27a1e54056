"""The read behind a person's page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import LONGEST_PSEUDONYM, Person
from hub.texts import is_readable


def person_with_page(session: Session, pseudonym: str) -> Person | None:
    """Who has exactly this pseudonym now; None for whoever is disabled or erased."""
    if len(pseudonym) > LONGEST_PSEUDONYM or not is_readable(pseudonym):
        return None
    return session.scalar(
        select(Person).where(
            Person.pseudonym == pseudonym,
            Person.disabled_at.is_(None),
            Person.erased_at.is_(None),
        )
    )
