"""What people wrote in cases, when they erase their account.

The reasons of a decision stay: they were given to somebody else, who may still object. Evidence
stays until its time is over (``hub.moderation.keeping``); it names nobody but by number.
"""

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.moderation import evidence
from hub.moderation.models import Case, CaseNote, CaseState, Objection, Report
from hub.own_data import content
from hub.own_data.queries import whose

_NOT_SYNCHRONISED = {"synchronize_session": False}


def register() -> None:
    content.register("moderation", content.Content(remove=remove, keep=keep))


def keep(session: Session, person_id: int) -> None:
    """Takes the name out of what posts said, name and address out of what they reported without the
    account. Flushes."""
    evidence.forget_name(session, person_id)
    session.execute(
        update(Report).where(_from_their_address(session, person_id)).values(name="", address=""),
        execution_options=_NOT_SYNCHRONISED,
    )


def remove(session: Session, person_id: int) -> None:
    """Their notes, and their reports and objections on which nothing waits any more."""
    decided = select(Case.id).where(Case.state == CaseState.DECIDED)
    wrote = or_(Report.reporter_id == person_id, _from_their_address(session, person_id))
    for change in (
        update(CaseNote).where(CaseNote.author_id == person_id).values(text=""),
        update(Report).where(wrote, Report.case_id.in_(decided)).values(reason=""),
        update(Objection)
        .where(Objection.person_id == person_id, Objection.decided_at.is_not(None))
        .values(text=""),
    ):
        session.execute(change, execution_options=_NOT_SYNCHRONISED)
    keep(session, person_id)
    session.flush()


def _from_their_address(session: Session, person_id: int) -> ColumnElement[bool]:
    """Reports without an account from an address that they confirmed as theirs."""
    addresses = whose(session, session.get_one(Person, person_id)).addresses
    return Report.reporter_id.is_(None) & func.lower(Report.address).in_(sorted(addresses))
